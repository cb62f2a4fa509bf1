import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { EmailAddress } from './email-address.js';

/** What a person chooses about themselves: name, BCP 47 locale, IANA time zone, ISO 4217 currency. */
export interface Profile {
  name: string;
  locale: string;
  timeZone: string;
  currency: string;
}

/** A person's account on the instance. */
@Entity({ tableName: 'user_account' })
export class Account {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'text' })
  email!: string;

  /** The address in the form that makes it unique. */
  @Property({ type: 'text' })
  emailKey!: string;

  @Property({ type: 'text' })
  name!: string;

  /** An Argon2id PHC string; null for a person who has no password. */
  @Property({ type: 'text', nullable: true })
  passwordHash: string | null = null;

  @Property({ type: 'boolean' })
  operator = false;

  @Property({ type: 'text' })
  locale = 'en';

  @Property({ type: 'text' })
  timeZone = 'UTC';

  @Property({ type: 'text' })
  currency = 'USD';

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  emailVerifiedAt: Date | null = null;

  /** When the account is erased, because its person deleted it. */
  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  eraseAt: Date | null = null;

  /** True from the beginning of the erasure on: nobody can sign in any more. */
  @Property({ type: 'boolean' })
  erasing = false;

  /** Grows with every change of the profile; the ETag of /me. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt = new Date();

  /** A new account; its address is not confirmed yet. */
  static open(email: EmailAddress, passwordHash: string | null, profile: Partial<Profile> & { name: string }): Account {
    const account = new Account();
    account.id = uuidv7();
    account.email = email.address;
    account.emailKey = email.key;
    account.passwordHash = passwordHash;
    Object.assign(account, profile);
    return account;
  }

  /** Makes this person an operator of the instance. */
  becomeOperator(): void {
    this.operator = true;
  }

  /** Makes this person an operator no more. */
  ceaseToOperate(): void {
    this.operator = false;
  }

  /** Confirms the address. @returns false when it was confirmed before */
  confirmEmail(now = new Date()): boolean {
    if (this.emailVerifiedAt) return false;
    this.emailVerifiedAt = now;
    this.touch(now);
    return true;
  }

  /** Replaces the password. */
  setPassword(passwordHash: string, now = new Date()): void {
    this.passwordHash = passwordHash;
    this.touch(now);
  }

  /** Makes the password useless: the person sets another one by a mailed link. */
  clearPassword(now = new Date()): void {
    this.passwordHash = null;
    this.touch(now);
  }

  /** Moves the account to another address, which was just read. */
  moveTo(email: EmailAddress, now = new Date()): void {
    this.email = email.address;
    this.emailKey = email.key;
    this.emailVerifiedAt = now;
    this.touch(now);
  }

  /** Lets the account be erased at a later time. */
  scheduleErasure(at: Date): void {
    this.eraseAt = at;
  }

  /** Keeps the account that was to be erased. @returns false when it was not */
  keep(): boolean {
    if (!this.eraseAt || this.erasing) return false;
    this.eraseAt = null;
    return true;
  }

  /** Begins the erasure that was scheduled for that time. @returns false when it was called off or put off meanwhile */
  beginErasure(scheduledFor: Date): boolean {
    if (this.eraseAt?.getTime() !== scheduledFor.getTime()) return false;
    this.erasing = true;
    return true;
  }

  /** Applies what differs from the present profile. @returns the names of the fields that changed */
  change(wanted: Partial<Profile>, now = new Date()): (keyof Profile)[] {
    const changed = (Object.keys(wanted) as (keyof Profile)[]).filter(
      (field) => wanted[field] !== undefined && wanted[field] !== this[field],
    );
    for (const field of changed) this[field] = wanted[field] as string;
    if (changed.length > 0) this.touch(now);
    return changed;
  }

  /** True when the person may start a session: an operator need not have confirmed the address, everybody else must. */
  get maySignIn(): boolean {
    return this.operator || this.emailVerifiedAt !== null;
  }

  private touch(now: Date): void {
    this.version++;
    this.updatedAt = now;
  }
}
