import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { personAs } from '../sessions/actors.js';
import type { Visitor } from '../sessions/session.entity.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { Account } from './account.entity.js';
import { AccountMails } from './account-mails.js';
import { LinkExpired } from './accounts.errors.js';
import type { Addressed, PasswordReset } from './accounts.schemas.js';
import { AccountUnlocksService } from '../guessing/account-unlocks.service.js';
import { refusePersonal } from '../guessing/strength/personal-words.js';
import { EmailVerificationsService } from './email-verifications.service.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { tokenHash } from './tokens.js';
import { Passwords } from './passwords.js';

/** Lets a person who forgot the password set a new one by a mailed link. */
@Enqueues('users.password_reset')
@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly tokens: OneTimeTokens,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly verifications: EmailVerificationsService,
    private readonly mails: AccountMails,
    private readonly unlocks: AccountUnlocksService,
  ) {}

  /** Asks for a link. Whether the address is known is found out by a job, so that the answer's time tells nothing. */
  async request({ email }: Addressed, visitor: Visitor): Promise<{ state: 'accepted' }> {
    const payload = { emailKey: email.key, address: visitor.address, requestId: visitor.requestId };
    await this.transactions.run((em) =>
      this.jobs.enqueue(em, {
        queue: 'users',
        name: 'password_reset',
        payload,
        key: tokenHash(email.key).toString('base64url'),
      }),
    );
    return { state: 'accepted' };
  }

  /**
   * Sets the new password, ends every session, and takes the address for confirmed: the link was read there.
   *
   * @returns the key of the account's address, whose browser this is
   * @throws LinkExpired when the token is unknown, used, or too old
   */
  async complete({ token, password }: PasswordReset, visitor: Visitor): Promise<string> {
    const passwordHash = await this.passwords.hash(password);
    return this.transactions.run(async (em) => {
      const redeemed = await this.tokens.redeem(em, 'reset_password', token);
      const account =
        redeemed && (await em.findOne(Account, redeemed.userId, { lockMode: LockMode.PESSIMISTIC_WRITE }));
      if (!account || account.emailKey !== redeemed?.emailKey) throw new LinkExpired();
      refusePersonal(password, account);
      const actor = personAs(account.id, visitor);
      account.setPassword(passwordHash);
      this.verifications.confirm(em, account, visitor);
      this.events.record(em, 'user.password_changed', {
        workspaceId: SYSTEM_WORKSPACE,
        scope: { kind: 'user', id: account.id },
        subjectId: account.id,
        actor,
        data: { by: 'reset' },
      });
      await this.sessions.endAll(em, account.id, 'password_changed', actor);
      await this.tokens.discard(em, 'reset_password', account.id);
      await this.unlocks.afterReset(em, account, visitor);
      await this.mails.passwordChanged(em, account);
      return account.emailKey;
    });
  }
}
