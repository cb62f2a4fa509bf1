import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { Permission } from '#platform/access/index.js';
import { tokenHash } from '../accounts/tokens.js';

/** What a key is made of. */
export interface NewKey {
  workspaceId: string;
  userId: string;
  name: string;
  scopes: Permission[];
  expiresAt: Date | null;
}

/** A key that lets a program act in one workspace for the person who made it. Only its digest is stored. */
@Entity({ tableName: 'api_key' })
export class ApiKey {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  /** Who made it: its role bounds what the key may do. */
  @Property({ type: 'uuid' })
  userId!: string;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'blob', columnType: 'bytea' })
  hash!: Buffer;

  /** The last four characters, by which people recognise it. */
  @Property({ type: 'text' })
  hint!: string;

  @Property({ type: 'string[]', columnType: 'text[]' })
  scopes!: Permission[];

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  expiresAt: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  lastUsedAt: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  revokedAt: Date | null = null;

  @Property({ type: 'uuid', nullable: true })
  revokedBy: string | null = null;

  /** A new key of that text, which is not kept. */
  static make(text: string, wanted: NewKey): ApiKey {
    const key = new ApiKey();
    key.id = uuidv7();
    key.hash = tokenHash(text);
    key.hint = text.slice(-4);
    return Object.assign(key, wanted);
  }

  /** Ends the key. @returns false when it was revoked before */
  revoke(userId: string, now = new Date()): boolean {
    if (this.revokedAt) return false;
    this.revokedAt = now;
    this.revokedBy = userId;
    return true;
  }
}
