import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { personAs } from '../sessions/actors.js';
import type { Visitor } from '../sessions/session.entity.js';
import { Account } from './account.entity.js';
import { LinkExpired } from './accounts.errors.js';
import type { Addressed } from './accounts.schemas.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { tokenHash } from './tokens.js';

/** Confirms that addresses belong to those who typed them. */
@Enqueues('users.email_verification')
@Injectable()
export class EmailVerificationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** Asks for another link. What the address is known for is looked up by a job, so that the answer's time tells nothing. */
  async request({ email }: Addressed): Promise<{ state: 'accepted' }> {
    await this.transactions.run((em) =>
      this.jobs.enqueue(em, {
        queue: 'users',
        name: 'email_verification',
        payload: { emailKey: email.key },
        key: tokenHash(email.key).toString('base64url'),
      }),
    );
    return { state: 'accepted' };
  }

  /** @throws LinkExpired when the token is unknown, used, too old, or was mailed to an address that the person left */
  async complete(token: string, visitor: Visitor): Promise<void> {
    await this.transactions.run(async (em) => {
      const redeemed = await this.tokens.redeem(em, 'verify_email', token);
      const account =
        redeemed && (await em.findOne(Account, redeemed.userId, { lockMode: LockMode.PESSIMISTIC_WRITE }));
      if (!account || account.emailKey !== redeemed?.emailKey) throw new LinkExpired();
      this.confirm(em, account, visitor);
      await this.tokens.discard(em, 'verify_email', account.id);
    });
  }

  /** Confirms a person's address inside the caller's transaction, and says so once. */
  confirm(em: EntityManager, account: Account, visitor: Visitor): void {
    if (!account.confirmEmail()) return;
    this.events.record(em, 'user.email_verified', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: account.id,
      actor: personAs(account.id, visitor),
      data: {},
    });
  }
}
