import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { Permission } from '#platform/access/index.js';
import { tokenHash } from '../accounts/tokens.js';

/** What a key is made of. */
export interface NewKey {
  workspaceId: string;
  /** The person it acts for; null when it belongs to a service account. */
  userId: string | null;
  serviceAccountId: string | null;
  name: string;
  scopes: Permission[];
  expiresAt: Date | null;
  allowedAddresses: string[];
  /** Who is shown its secret. */
  issuedBy: string;
}

/** How a key gets a new secret. */
export interface Rotation {
  /** How long the earlier secret works too. */
  overlapSeconds: number;
  /** When the key expires from now on; as before when absent. */
  expiresAt?: Date | null | undefined;
  /** Who is shown the new secret. */
  issuedBy: string;
}

/**
 * A key that lets a program act in one workspace, for the person who made it or as a service account. Only digests of its
 * secrets are stored: of the present one, and of the one before, which may work a while longer.
 */
@Entity({ tableName: 'api_key' })
export class ApiKey {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  /** Who made it: their role bounds what the key may do. Null for the key of a service account. */
  @Property({ type: 'uuid', nullable: true })
  userId!: string | null;

  /** Whose role bounds it instead. */
  @Property({ type: 'uuid', nullable: true })
  serviceAccountId!: string | null;

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

  /** Addresses and networks that it may be used from, as `normalAddress` writes them; none for everywhere. */
  @Property({ type: 'string[]', columnType: 'text[]' })
  allowedAddresses!: string[];

  /** Who was shown the present secret; null when that person is gone. */
  @Property({ type: 'uuid', nullable: true })
  issuedBy!: string | null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  issuedAt = new Date();

  /** Of the secret before the present one. */
  @Property({ type: 'blob', columnType: 'bytea', nullable: true })
  previousHash: Buffer | null = null;

  @Property({ type: 'text', nullable: true })
  previousHint: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  previousExpiresAt: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  previousLastUsedAt: Date | null = null;

  /** Grows with every change; the ETag. */
  @Property({ type: 'integer' })
  version = 1;

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

  /** What its event tells of a change. */
  rules(): { name: string; allowedAddresses: string[] } {
    const { name, allowedAddresses } = this;
    return { name, allowedAddresses };
  }

  /** Gives it another name or other addresses. @returns false when that changes nothing */
  change({
    name = this.name,
    allowedAddresses = this.allowedAddresses,
  }: Partial<Pick<NewKey, 'name' | 'allowedAddresses'>>) {
    const before = JSON.stringify(this.rules());
    Object.assign(this, { name, allowedAddresses });
    if (JSON.stringify(this.rules()) === before) return false;
    this.version++;
    return true;
  }

  /** Gives it a new secret. The present one works a while longer, never past the expiry that it was made with; an earlier one ends. */
  rotate(text: string, { overlapSeconds, expiresAt = this.expiresAt, issuedBy }: Rotation, now = new Date()): void {
    const until = new Date(now.getTime() + overlapSeconds * 1000);
    this.previousHash = this.hash;
    this.previousHint = this.hint;
    this.previousExpiresAt = this.expiresAt && this.expiresAt < until ? this.expiresAt : until;
    this.previousLastUsedAt = this.lastUsedAt;
    Object.assign(this, { hash: tokenHash(text), hint: text.slice(-4), lastUsedAt: null });
    Object.assign(this, { expiresAt, issuedBy, issuedAt: now });
    this.version++;
  }

  /** Whether its time is over. */
  expired(now = new Date()): boolean {
    return this.expiresAt !== null && this.expiresAt <= now;
  }

  /** Ends the key. @returns false when it was revoked before */
  revoke(userId: string, now = new Date()): boolean {
    if (this.revokedAt) return false;
    this.revokedAt = now;
    this.revokedBy = userId;
    return true;
  }
}
