import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { ValidationFailed } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { refusePersonal } from '../../guessing/strength/personal-words.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { Account } from '../account.entity.js';
import { AccountMails } from '../account-mails.js';
import { OneTimeTokens } from '../one-time-tokens.js';
import { Passwords } from '../passwords.js';
import { WrongPassword } from '../reauthentications/reauthentications.errors.js';
import { Reauthentications } from '../reauthentications/reauthentications.service.js';
import type { PasswordChange } from './password-changes.schemas.js';

const CURRENT = '/body/currentPassword';

/** Lets a signed-in person set another password, or a first one. */
@Injectable()
export class PasswordChangesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly passwords: Passwords,
    private readonly reauthentications: Reauthentications,
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
  ) {}

  /**
   * Sets the new password, ends every other session, makes mailed reset links useless, and tells the person.
   *
   * @throws WrongPassword, AttemptsLocked, ValidationFailed
   * @throws ReauthenticationRequired when the person has no password yet and signed in long ago
   */
  async change(who: Actor & { userId: string }, wanted: PasswordChange, visitor: Visitor): Promise<void> {
    const { currentPassword, newPassword } = wanted;
    const before = await this.present(who, currentPassword, visitor);
    if (currentPassword === newPassword) throw wrong('/body/newPassword', 'must not be your present password');
    const passwordHash = await this.passwords.hash(newPassword);
    await this.transactions.run(async (em) => {
      const account = await em.findOneOrFail(Account, who.userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      // Another change, or a reset, was faster: what was given is the present password no more.
      if (account.passwordHash !== before) throw new WrongPassword(CURRENT);
      if (before === null) await this.reauthentications.require(em, who, account);
      refusePersonal(newPassword, account, '/body/newPassword');
      account.setPassword(passwordHash);
      this.events.record(em, 'user.password_changed', {
        workspaceId: SYSTEM_WORKSPACE,
        scope: { kind: 'user', id: account.id },
        subjectId: account.id,
        actor: who,
        data: { by: 'change' },
      });
      await this.sessions.endAll(em, account.id, 'password_changed', who, who.sessionId);
      await this.tokens.discard(em, 'reset_password', account.id);
      await this.mails.passwordChanged(em, account, 'change');
    });
  }

  /** The hash of the present password, which was given; null for a person who has none. */
  private async present(
    who: Actor & { userId: string },
    given: string | undefined,
    visitor: Visitor,
  ): Promise<string | null> {
    if (given !== undefined) return this.reauthentications.requirePassword(who, given, visitor, CURRENT);
    const account = await this.transactions.reader().findOneOrFail(Account, who.userId);
    if (account.passwordHash !== null) throw wrong(CURRENT, 'must be given');
    return null;
  }
}

function wrong(path: string, message: string): ValidationFailed {
  return new ValidationFailed(`${path.split('/').at(-1)} ${message}.`, { errors: [{ path, message }] });
}
