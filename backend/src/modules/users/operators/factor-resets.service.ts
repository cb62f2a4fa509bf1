import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { Reauthentications } from '../accounts/reauthentications/reauthentications.service.js';
import { FactorChanges } from '../factors/factor-changes.js';
import { FactorMails } from '../factors/factor-mails.js';
import { HeldFactors } from '../factors/held-factors.js';
import { KnownDevices } from '../sessions/known-devices.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { FactorReset } from './factor-resets.schemas.js';
import { OwnSecondFactors } from './operators.errors.js';

const NOTHING: FactorReset = { totp: false, passkeys: 0, recoveryCodes: 0, sessions: 0 };

/** Removes the second factors of people who lost them, in the name of an operator. */
@Injectable()
export class FactorResetsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reauthentications: Reauthentications,
    private readonly held: HeldFactors,
    private readonly changes: FactorChanges,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
    private readonly events: EventLog,
    private readonly mails: FactorMails,
  ) {}

  /**
   * Removes every second factor of a person, passkeys that sign in alone included, ends all their sessions and forgets their
   * devices: if somebody else talked the operator into it, the owner is told of the sign-in that follows.
   *
   * @returns what was removed; nothing was done where there was no second factor
   * @throws NotFound, OwnSecondFactors, ReauthenticationRequired
   */
  async create(who: Actor & { userId: string }, email: { key: string }): Promise<FactorReset> {
    return this.transactions.run(async (em) => {
      await this.reauthentications.require(em, who, await em.findOneOrFail(Account, who.userId));
      const account = await em.findOne(Account, { emailKey: email.key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!account) throw new NotFound('Nobody has an account with this address.');
      if (account.id === who.userId) throw new OwnSecondFactors();
      const reset = await this.remove(em, account, who);
      if (!reset) return NOTHING;
      await this.mails.reset(em, account, reset);
      return reset;
    });
  }

  /**
   * The same without asking who does it and without a mail, inside the caller's transaction, which holds the lock of the account.
   *
   * @returns null where there was no second factor: then nothing was done
   */
  async remove(em: EntityManager, account: Account, actor: Actor): Promise<FactorReset | null> {
    if (!(await this.held.any(em, account.id))) return null;
    const removed = await this.changes.removeAll(em, account.id, actor);
    const ended = await this.sessions.endAll(em, account.id, 'revoked', actor);
    await this.devices.forgetAll(em, account.id);
    const reset = { ...removed, sessions: ended.length };
    const place = { workspaceId: SYSTEM_WORKSPACE, subjectId: account.id, actor };
    this.events.record(em, 'second_factors.reset', { ...place, data: reset });
    return reset;
  }
}
