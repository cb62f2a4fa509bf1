import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { NotFound, ValidationFailed } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Account } from '../accounts/account.entity.js';
import { AccountMails } from '../accounts/account-mails.js';
import { type EmailAddress, emailAddress, EmailRefused } from '../accounts/email-address.js';
import { OneTimeTokens, TOKEN_HOURS } from '../accounts/one-time-tokens.js';
import { KnownDevices } from '../sessions/known-devices.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { FactorResetsService } from './factor-resets.service.js';
import type { FactorReset } from './factor-resets.schemas.js';
import { OperatorRecoveryMails } from './operator-recovery-mails.js';
import { CannotRecover } from './operators.errors.js';

/** What the recovery of an operator came to. */
export interface OperatorRecovery extends FactorReset {
  /** Sets a new password, once, for so many hours; only its digest is kept. */
  link: string;
  hours: number;
}

const NOTHING_HELD = { totp: false, passkeys: 0, recoveryCodes: 0 };

/** Lets an operator in again who lost every way, and has no other operator to ask: for whoever runs the machine. */
@Injectable()
export class OperatorRecoveries {
  constructor(
    private readonly transactions: Transactions,
    private readonly resets: FactorResetsService,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
    private readonly tokens: OneTimeTokens,
    private readonly events: EventLog,
    private readonly accountMails: AccountMails,
    private readonly mails: OperatorRecoveryMails,
  ) {}

  /**
   * Removes the second factors of an operator, ends their sessions, and makes a link that sets a new password; links that were
   * mailed before stop working. The person and all other operators are told by mail.
   *
   * @throws ValidationFailed, NotFound, CannotRecover
   */
  async recover(address: string): Promise<OperatorRecovery> {
    const email = read(address);
    return this.transactions.run(async (em) => {
      const account = await this.operator(em, email);
      const actor = systemActor();
      const removed = (await this.resets.remove(em, account, actor)) ?? {
        ...NOTHING_HELD,
        sessions: (await this.sessions.endAll(em, account.id, 'revoked', actor)).length,
      };
      await this.devices.forgetAll(em, account.id);
      await this.tokens.discard(em, 'reset_password', account.id);
      const token = await this.tokens.issue(em, 'reset_password', account);
      if (token === null) throw new Error('No link was made.'); // Those of before are gone: none is too many.
      const place = { workspaceId: SYSTEM_WORKSPACE, subjectId: account.id, actor };
      this.events.record(em, 'operator.recovered', { ...place, data: { sessions: removed.sessions } });
      await this.mails.recovered(em, account, await this.others(em, account));
      return { ...removed, link: this.accountMails.resetAddress(token), hours: TOKEN_HOURS.reset_password };
    });
  }

  private async operator(em: EntityManager, { address, key }: EmailAddress): Promise<Account> {
    const account = await em.findOne(Account, { emailKey: key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!account) throw new NotFound(`Nobody has an account with the address ${address}.`);
    if (!account.operator)
      throw new CannotRecover(
        `${account.email} is no operator: an operator can reset second factors, and a mailed link sets a password.`,
      );
    if (account.erasing) throw new CannotRecover(`The account of ${account.email} is being erased.`);
    return account;
  }

  private others(em: EntityManager, { id }: Account): Promise<Account[]> {
    return em.find(Account, { operator: true, erasing: false, id: { $ne: id } }, { orderBy: { id: 1 } });
  }
}

function read(address: string): EmailAddress {
  try {
    return emailAddress(address);
  } catch (error) {
    if (error instanceof EmailRefused) throw new ValidationFailed(error.message);
    throw error;
  }
}
