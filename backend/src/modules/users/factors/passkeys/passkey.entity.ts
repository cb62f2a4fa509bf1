import { BigIntType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';

/** What an authenticator tells of a new credential. */
export interface NewCredential {
  credentialId: string;
  publicKey: Uint8Array;
  counter: number;
  transports: string[];
  synced: boolean;
}

/** A passkey (WebAuthn credential) of a person: it signs in by itself, and it is a second factor after a password. */
@Entity({ tableName: 'passkey' })
export class Passkey {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  /** The credential's id, base64url. */
  @Property({ type: 'text' })
  credentialId!: string;

  /** The public key, COSE. */
  @Property({ type: 'blob', columnType: 'bytea' })
  publicKey!: Buffer;

  /** Uses that the authenticator has reported; 0 for one that does not count. */
  @Property({ type: new BigIntType('number'), columnType: 'bigint' })
  counter!: number;

  /** How a browser reaches the authenticator, in WebAuthn's words. */
  @Property({ type: 'string[]', columnType: 'text[]' })
  transports!: string[];

  /** True when it may be copied between the person's devices. */
  @Property({ type: 'boolean' })
  synced!: boolean;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  lastUsedAt: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  suspendedAt: Date | null = null;

  /** A new passkey. */
  static of(userId: string, name: string, credential: NewCredential, now = new Date()): Passkey {
    const passkey = new Passkey();
    passkey.id = uuidv7();
    passkey.userId = userId;
    passkey.name = name;
    passkey.credentialId = credential.credentialId;
    passkey.publicKey = Buffer.from(credential.publicKey);
    passkey.counter = credential.counter;
    passkey.transports = credential.transports;
    passkey.synced = credential.synced;
    passkey.createdAt = now;
    return passkey;
  }

  /** Gives it another name. @returns false when it has that name */
  rename(name: string): boolean {
    if (this.name === name) return false;
    this.name = name;
    return true;
  }

  /**
   * Notes a use that reported so many uses. A counter that does not grow says that a copy of the key may exist (WebAuthn
   * Level 3, section 7.2, step 22); authenticators that do not count always report 0.
   *
   * @returns false when the passkey was suspended for that
   */
  use(counter: number, now = new Date()): boolean {
    if ((counter > 0 || this.counter > 0) && counter <= this.counter) {
      this.suspendedAt = now;
      return false;
    }
    this.counter = counter;
    this.lastUsedAt = now;
    return true;
  }
}
