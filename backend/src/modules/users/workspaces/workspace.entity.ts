import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';

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

  /** Gives it another name. @returns false when it has that name */
  rename(name: string, now = new Date()): boolean {
    if (this.name === name) return false;
    this.name = name;
    this.version++;
    this.updatedAt = now;
    return true;
  }
}
