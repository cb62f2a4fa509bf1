import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { HeldRole, ProjectRole } from '#platform/access/index.js';

/** The role of a service account: none owns a workspace. */
export interface AccountRole extends HeldRole {
  role: ProjectRole;
}

/** What people say about a service account. */
export interface AccountContent extends AccountRole {
  name: string;
  description: string;
}

/** What its events carry. */
export interface AccountTold {
  name: string;
  description: string;
  role: ProjectRole;
  roleId?: string;
}

/** A member of a workspace that is no person: programs act as it by its API keys. It stays when whoever made it leaves. */
@Entity({ tableName: 'service_account' })
export class ServiceAccount {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  description!: string;

  @Property({ type: 'text' })
  role!: ProjectRole;

  /** Of a role that the workspace made itself: then `role` is `custom`. */
  @Property({ type: 'uuid', nullable: true })
  roleId!: string | null;

  /** Since when the workspace is closed to it; null while it is open. */
  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  suspendedAt: Date | null = null;

  /** Who made it; null when that account is gone. */
  @Property({ type: 'uuid', nullable: true })
  createdBy!: string | null;

  /** Grows with every change; the ETag. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt = new Date();

  /** A new one. */
  static make(workspaceId: string, createdBy: string, content: AccountContent): ServiceAccount {
    return Object.assign(new ServiceAccount(), { id: uuidv7(), workspaceId, createdBy, ...content });
  }

  /** Its role. */
  held(): AccountRole {
    const { role, roleId } = this;
    return { role, roleId };
  }

  /** What its events carry. */
  told(): AccountTold {
    const { name, description, role, roleId } = this;
    return { name, description, role, ...(roleId === null ? {} : { roleId }) };
  }

  /** Applies a change. @returns false when it changes nothing */
  change(wanted: Partial<AccountContent>): boolean {
    const before = JSON.stringify(this.told());
    const { name = this.name, description = this.description, role = this.role, roleId = this.roleId } = wanted;
    Object.assign(this, { name, description, role, roleId });
    if (JSON.stringify(this.told()) === before) return false;
    this.touch();
    return true;
  }

  /** Closes the workspace to it, or opens it again. @returns false when it is so already */
  suspend(suspended: boolean, now = new Date()): boolean {
    if ((this.suspendedAt !== null) === suspended) return false;
    this.suspendedAt = suspended ? now : null;
    this.touch(now);
    return true;
  }

  private touch(now = new Date()): void {
    this.version++;
    this.updatedAt = now;
  }
}
