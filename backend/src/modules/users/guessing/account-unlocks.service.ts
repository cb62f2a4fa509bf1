import { Injectable } from '@nestjs/common';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Enqueues, JobHandler, type JobOutcome, Jobs, type RunningJob } from '#platform/jobs/index.js';
import { Account } from '../accounts/account.entity.js';
import { LinkExpired } from '../accounts/accounts.errors.js';
import type { Addressed } from '../accounts/accounts.schemas.js';
import { OneTimeTokens } from '../accounts/one-time-tokens.js';
import { tokenHash } from '../accounts/tokens.js';
import { personAs } from '../sessions/actors.js';
import type { Visitor } from '../sessions/session.entity.js';
import { counted } from './guess.js';
import { GuessCounts } from './guess-counts.js';
import { LockMails } from './lock-mails.js';

/** Lets the owner of an account in whose sign-in strangers have made wait, by a mailed link. */
@Enqueues('users.account_unlock')
@Injectable()
export class AccountUnlocksService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly tokens: OneTimeTokens,
    private readonly counts: GuessCounts,
  ) {}

  /** Asks for a link. Whether the address is known is found out by a job, so that the answer's time tells nothing. */
  async request({ email }: Addressed): Promise<{ state: 'accepted' }> {
    await this.transactions.run((em) =>
      this.jobs.enqueue(em, {
        queue: 'users',
        name: 'account_unlock',
        payload: { emailKey: email.key },
        key: tokenHash(email.key).toString('base64url'),
      }),
    );
    return { state: 'accepted' };
  }

  /**
   * Uses a link up: wrong passwords for the account are counted anew. Codes of a second factor are not: who reads the mails
   * must not get further guesses at those.
   *
   * @returns the key of the account's address, whose browser this is
   * @throws LinkExpired when the token is unknown, used, too old, or was mailed to an address that the person left
   */
  async complete(token: string, visitor: Visitor): Promise<string> {
    return this.transactions.run(async (em) => {
      const redeemed = await this.tokens.redeem(em, 'unlock_sign_in', token);
      const account = redeemed && (await em.findOne(Account, redeemed.userId));
      if (!account || account.emailKey !== redeemed?.emailKey) throw new LinkExpired();
      await this.tokens.discard(em, 'unlock_sign_in', account.id);
      await this.counts.clear(em, [counted('account', account.emailKey)]);
      this.record(em, account, 'link', visitor);
      return account.emailKey;
    });
  }

  /** The same inside the caller's transaction, for a person who set the password anew by a mailed link. */
  async afterReset(em: EntityManager, account: Account, visitor: Visitor): Promise<void> {
    const waited = await this.counts.clear(em, [counted('account', account.emailKey)]);
    if (waited) this.record(em, account, 'reset', visitor);
  }

  private record(em: EntityManager, { id }: Account, by: 'link' | 'reset', visitor: Visitor): void {
    this.events.record(em, 'account.unlocked', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id },
      subjectId: id,
      actor: personAs(id, visitor),
      data: { by },
    });
  }
}

/** Sends the link that lets a person in, when the address has an account. */
@JobHandler<{ emailKey: string }>('users', 'account_unlock', { sealPayload: true })
export class AccountUnlockJob {
  constructor(private readonly mails: LockMails) {}

  async run({ payload: { emailKey } }: RunningJob<{ emailKey: string }>): Promise<JobOutcome> {
    return {
      apply: async (em) => {
        const account = await em.findOne(Account, { emailKey });
        if (account) await this.mails.unlock(em, account);
      },
    };
  }
}
