import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { Reauthentications } from '../accounts/reauthentications/reauthentications.service.js';
import { KnownDevices } from '../sessions/known-devices.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { SignOut } from './sign-outs.schemas.js';

/** Ends what somebody has open, in the name of an operator: a device was lost, an account taken, a person left. */
@Injectable()
export class SignOutsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reauthentications: Reauthentications,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
    private readonly events: EventLog,
  ) {}

  /**
   * Ends all sessions of a person, and forgets the devices: the next sign-in there is told of as from a new one.
   *
   * @returns how many there were
   * @throws NotFound, ReauthenticationRequired
   */
  async create(who: Actor & { userId: string }, email: { key: string }): Promise<SignOut> {
    return this.transactions.run(async (em) => {
      await this.reauthentications.require(em, who, await em.findOneOrFail(Account, who.userId));
      const account = await em.findOne(Account, { emailKey: email.key });
      if (!account) throw new NotFound('Nobody has an account with this address.');
      const ended = await this.sessions.endAll(em, account.id, 'revoked', who);
      await this.devices.forget(em, account.id, ended);
      const place = { workspaceId: SYSTEM_WORKSPACE, subjectId: account.id, actor: who };
      this.events.record(em, 'user.signed_out', { ...place, data: { sessions: ended.length } });
      return { count: ended.length };
    });
  }
}
