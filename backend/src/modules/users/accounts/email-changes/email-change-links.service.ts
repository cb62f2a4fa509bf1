import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { type EntityManager, query, Transactions, uniqueViolation } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { FamiliarBrowsers } from '../../guessing/familiar-browsers.js';
import { personAs } from '../../sessions/actors.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { Account } from '../account.entity.js';
import { AccountMails } from '../account-mails.js';
import { LinkExpired } from '../accounts.errors.js';
import { OneTimeTokens, TOKEN_HOURS } from '../one-time-tokens.js';
import { EmailChange } from './email-change.entity.js';
import { EmailChangeMails } from './email-change-mails.js';
import { AddressTaken } from './email-changes.errors.js';
import type { EmailChangeEnded } from './email-changes.schemas.js';
import { Evictions } from './evictions.js';

const DAY_MS = 86_400_000;

// Nobody can ever have signed in to an account whose address was not confirmed, but for an operator.
const HOLDER = `
  select id, operator or email_verified_at is not null as proven from user_account where email_key = $1 for update`;

/** A browser that is known to belong to the account's owner. */
export interface KnownBrowser {
  emailKey: string;
  browserId: string | undefined;
}

/** Carries out what the mailed links of a change of address say. The links are the proof; nobody need be signed in. */
@Injectable()
export class EmailChangeLinksService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly tokens: OneTimeTokens,
    private readonly sessions: SessionsService,
    private readonly evictions: Evictions,
    private readonly browsers: FamiliarBrowsers,
    private readonly accountMails: AccountMails,
    private readonly mails: EmailChangeMails,
  ) {}

  /**
   * Makes the change: the link was read at the new address. Every session but the one that asked ends, and the earlier
   * address gets a link that undoes it.
   *
   * @throws LinkExpired when the link was used, replaced, cancelled, or is too old
   * @throws AddressTaken when another account got the address meanwhile
   */
  async confirm(token: string, visitor: Visitor): Promise<KnownBrowser> {
    return this.transactions.run(async (em) => {
      const redeemed = await this.tokens.redeem(em, 'change_email', token);
      const account = redeemed && (await this.lock(em, redeemed.userId));
      if (!account) throw new LinkExpired();
      const wanted = { userId: account.id, toEmailKey: redeemed.emailKey, state: 'pending' } as const;
      const change = await em.findOne(EmailChange, wanted, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!change?.open()) throw new LinkExpired();
      const browserId = this.browsers.idOf(visitor.browsers, account.emailKey) ?? undefined;
      const wasProven = account.emailVerifiedAt !== null;
      change.become('confirmed');
      await this.move(em, account, change.toEmail, change.toEmailKey);
      const actor = personAs(account.id, visitor);
      this.events.record(em, 'user.email_changed', { ...about(account), actor, data: {} });
      await this.sessions.endAll(em, account.id, 'email_changed', actor, change.sessionId ?? undefined);
      if (wasProven) await this.mails.changed(em, account, change);
      return { emailKey: account.emailKey, browserId };
    });
  }

  /**
   * Stops a change, or undoes one that has taken effect: the earlier address is back, and whoever is in the account is out:
   * every session ends, the password is useless until the person sets a new one by the link that is mailed, and the ways to
   * sign in and keys that were made in the week before the change, or since, are gone.
   *
   * @throws LinkExpired when the link was used, or is too old
   * @throws AddressTaken when another account got the earlier address meanwhile
   */
  async stop(token: string, visitor: Visitor): Promise<EmailChangeEnded> {
    return this.transactions.run(async (em) => {
      const redeemed =
        (await this.tokens.redeem(em, 'cancel_email_change', token)) ??
        (await this.tokens.redeem(em, 'undo_email_change', token));
      const account = redeemed && (await this.lock(em, redeemed.userId));
      if (!account) throw new LinkExpired();
      return account.emailKey === redeemed.emailKey
        ? this.cancel(em, account, visitor)
        : this.undo(em, account, redeemed.emailKey, visitor);
    });
  }

  private async cancel(em: EntityManager, account: Account, visitor: Visitor): Promise<EmailChangeEnded> {
    const wanted = { userId: account.id, fromEmailKey: account.emailKey, state: 'pending' } as const;
    const change = await em.findOne(EmailChange, wanted, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!change) throw new LinkExpired();
    change.become('cancelled');
    const actor = personAs(account.id, visitor);
    this.events.record(em, 'user.email_change_cancelled', { ...about(account), actor, data: { by: 'link' } });
    return { state: 'cancelled' };
  }

  private async undo(em: EntityManager, account: Account, key: string, visitor: Visitor): Promise<EmailChangeEnded> {
    const changes = await em.find(
      EmailChange,
      { userId: account.id, state: { $in: ['confirmed', 'pending'] } },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { createdAt: 1, id: 1 } },
    );
    const first = changes.findIndex(({ fromEmailKey, state }) => fromEmailKey === key && state === 'confirmed');
    const undone = changes.slice(first);
    const [earliest] = undone;
    if (first < 0 || !earliest) throw new LinkExpired();
    // What came after it was the same stranger's: none of those links may work any more.
    for (const change of undone) change.become('undone');
    for (const purpose of ['change_email', 'cancel_email_change', 'undo_email_change', 'reset_password'] as const)
      await this.tokens.discard(em, purpose, account.id);
    await this.move(em, account, earliest.fromEmail, earliest.fromEmailKey);
    const actor = { ...personAs(account.id, visitor), userId: account.id };
    this.events.record(em, 'user.email_change_undone', { ...about(account), actor, data: {} });
    const days = TOKEN_HOURS.undo_email_change / 24;
    await this.evictions.evict(em, account, actor, new Date(earliest.createdAt.getTime() - days * DAY_MS));
    await this.accountMails.passwordReset(em, account);
    return { state: 'undone' };
  }

  /** Gives the account the address, which was proved to be its owner's: an account that never proved it gives way. */
  private async move(em: EntityManager, account: Account, address: string, key: string): Promise<void> {
    const [other] = await query<{ id: string; proven: boolean }>(em, HOLDER, [key]);
    if (other?.proven) throw new AddressTaken();
    if (other) {
      await query(em, `delete from user_account where id = $1`, [other.id]);
      const data = { reason: 'unconfirmed' } as const;
      this.events.record(em, 'user.erased', { ...about(other), actor: systemActor(), data });
    }
    account.moveTo({ address, key });
    try {
      await em.flush();
    } catch (error) {
      throw uniqueViolation(error) === 'user_account_email_key' ? new AddressTaken() : error;
    }
  }

  private lock(em: EntityManager, userId: string): Promise<Account | null> {
    return em.findOne(Account, userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }
}

function about({ id }: { id: string }) {
  return { workspaceId: SYSTEM_WORKSPACE, scope: { kind: 'user', id } as const, subjectId: id };
}
