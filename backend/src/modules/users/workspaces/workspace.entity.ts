import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';

/** What an operator leaves of a workspace for now: reading, or nothing. */
export type Suspension = 'read_only' | 'closed';

/** A team's space: what its members see belongs to it. */
@Entity({ tableName: 'workspace' })
export class Workspace {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'uuid', nullable: true })
  createdBy: string | null = null;

  /** Whether it stays closed to members without a second factor. */
  @Property({ type: 'boolean' })
  secondFactorRequired = false;

  /** How an operator suspended it; null while it is open. */
  @Property({ type: 'text', nullable: true })
  suspension: Suspension | null = null;

  /** What its people are told about that. */
  @Property({ type: 'text', nullable: true })
  suspensionReason: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  suspendedAt: Date | null = null;

  /** Grows with every change; the ETag of the workspace. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt = new Date();

  /** A new workspace of that name. */
  static open(name: string, createdBy: string): Workspace {
    const workspace = new Workspace();
    workspace.id = uuidv7();
    workspace.name = name;
    workspace.createdBy = createdBy;
    return workspace;
  }

  /** Begins or ceases to ask members for a second factor. @returns false when that changes nothing */
  requireSecondFactor(required: boolean, now = new Date()): boolean {
    if (this.secondFactorRequired === required) return false;
    this.secondFactorRequired = required;
    this.version++;
    this.updatedAt = now;
    return true;
  }

  /** Closes it, or makes it read-only. @returns false when it is so with the same reason */
  suspend(mode: Suspension, reason: string | null, now = new Date()): boolean {
    if (this.suspension === mode && this.suspensionReason === reason) return false;
    this.suspension = mode;
    this.suspensionReason = reason;
    this.suspendedAt ??= now;
    return true;
  }

  /** Opens it again. @returns how it was suspended; null when it was not */
  resume(): Suspension | null {
    const was = this.suspension;
    this.suspension = null;
    this.suspensionReason = null;
    this.suspendedAt = null;
    return was;
  }

  /** Gives it another name. @returns false when it has that name */
  rename(name: string, now = new Date()): boolean {
    if (this.name === name) return false;
    this.name = name;
    this.version++;
    this.updatedAt = now;
    return true;
  }
}
