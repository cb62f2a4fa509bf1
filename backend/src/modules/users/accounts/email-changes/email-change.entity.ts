import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { Account } from '../account.entity.js';
import type { EmailAddress } from '../email-address.js';
import { TOKEN_HOURS } from '../one-time-tokens.js';

/** Where a change stands: `replaced` by a later one, `cancelled` before it took effect, `undone` after. */
export type EmailChangeState = 'pending' | 'confirmed' | 'cancelled' | 'replaced' | 'undone';

const HOUR_MS = 3_600_000;

/** A person's wish to move their account to another address, until somebody who reads that address confirms it. */
@Entity({ tableName: 'email_change' })
export class EmailChange {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  /** The session that asked: it stays when the change takes effect. */
  @Property({ type: 'uuid', nullable: true })
  sessionId: string | null = null;

  @Property({ type: 'text' })
  fromEmail!: string;

  @Property({ type: 'text' })
  fromEmailKey!: string;

  @Property({ type: 'text' })
  toEmail!: string;

  @Property({ type: 'text' })
  toEmailKey!: string;

  @Property({ type: 'text' })
  state: EmailChangeState = 'pending';

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  expiresAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  endedAt: Date | null = null;

  /** A change that waits for its confirmation. */
  static ask(account: Account, to: EmailAddress, sessionId: string | undefined, now = new Date()): EmailChange {
    return Object.assign(new EmailChange(), {
      id: uuidv7(),
      userId: account.id,
      sessionId: sessionId ?? null,
      fromEmail: account.email,
      fromEmailKey: account.emailKey,
      toEmail: to.address,
      toEmailKey: to.key,
      createdAt: now,
      expiresAt: new Date(now.getTime() + TOKEN_HOURS.change_email * HOUR_MS),
    });
  }

  /** True while it may take effect. */
  open(now = new Date()): boolean {
    return this.state === 'pending' && now < this.expiresAt;
  }

  /** Brings it to its next state. */
  become(state: Exclude<EmailChangeState, 'pending'>, now = new Date()): void {
    this.state = state;
    this.endedAt = now;
  }
}
