import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import { type Permission, workspacePermissions } from '#platform/access/index.js';

/** What a role of a workspace's own is made of. */
export interface RoleContent {
  name: string;
  description: string;
  permissions: readonly Permission[];
}

/** A role that a workspace made itself. */
@Entity({ tableName: 'workspace_role' })
export class WorkspaceRole {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'text' })
  description = '';

  @Property({ type: 'text[]' })
  permissions!: Permission[];

  /** Grows with every change; the ETag. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt = new Date();

  /** A new role. Seeing the workspace's name belongs to every role: without it nothing else could be reached. */
  static make(workspaceId: string, { name, description, permissions }: RoleContent): WorkspaceRole {
    const role = new WorkspaceRole();
    return Object.assign(role, { id: uuidv7(), workspaceId, name, description, permissions: inOrder(permissions) });
  }

  /** Applies a change. @returns false when it changes nothing */
  change(wanted: Partial<RoleContent>, now = new Date()): boolean {
    const before = JSON.stringify(this.told());
    this.name = wanted.name ?? this.name;
    this.description = wanted.description ?? this.description;
    this.permissions = wanted.permissions ? inOrder(wanted.permissions) : this.permissions;
    if (JSON.stringify(this.told()) === before) return false;
    this.version++;
    this.updatedAt = now;
    return true;
  }

  /** What its events carry. */
  told(): { name: string; permissions: Permission[]; description: string } {
    const { name, description, permissions } = this;
    return { name, description, permissions };
  }
}

/** In the order of the catalogue, each once. */
function inOrder(wanted: readonly Permission[]): Permission[] {
  return workspacePermissions.filter((permission) => permission === 'workspace:read' || wanted.includes(permission));
}
