import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { type EntityManager, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { Account } from '../account.entity.js';
import { Reauthentications } from '../reauthentications/reauthentications.service.js';
import { EmailChange } from './email-change.entity.js';
import { EmailChangeMails } from './email-change-mails.js';
import { SameAddress, TooManyChanges } from './email-changes.errors.js';
import type { EmailChangeShown, EmailChangeWanted } from './email-changes.schemas.js';

const HOURLY_CHANGES = 3;
const PENDING = `
  select to_email as email, ${isoTime('created_at')} as "requestedAt", ${isoTime('expires_at')} as "expiresAt"
    from email_change where user_id = $1 and state = 'pending' and expires_at > now()`;
const FORGET_OLD = `delete from email_change where user_id = $1 and created_at < now() - interval '30 days'`;
const LATELY = `
  select count(*)::int as count from email_change where user_id = $1 and created_at > now() - interval '1 hour'`;

type Person = Actor & { userId: string };

/** Lets a person ask for another address, see what waits, and take it back. */
@Enqueues('users.email_change')
@Injectable()
export class EmailChangesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly reauthentications: Reauthentications,
    private readonly mails: EmailChangeMails,
  ) {}

  /** The change that waits for its confirmation. @throws NotFound when there is none */
  async pending(who: Person): Promise<EmailChangeShown> {
    const found = await this.reads.one<EmailChangeShown>('users.email_change.pending', PENDING, [who.userId]);
    if (!found) throw new NotFound('No change of your address is waiting.');
    return found;
  }

  /**
   * Asks for another address, in place of a change that waits. Whether it has an account is found out by a job, so that
   * neither the answer nor its time tells. The present address is told at once.
   *
   * @throws ReauthenticationRequired, SameAddress, TooManyChanges
   */
  async ask(who: Person, { email }: EmailChangeWanted): Promise<{ state: 'accepted' }> {
    await this.transactions.run(async (em) => {
      const account = await em.findOneOrFail(Account, who.userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      await this.reauthentications.require(em, who, account);
      if (account.emailKey === email.key) throw new SameAddress();
      await query(em, FORGET_OLD, [account.id]);
      const [lately] = await query<{ count: number }>(em, LATELY, [account.id]);
      if ((lately?.count ?? 0) >= HOURLY_CHANGES) throw new TooManyChanges();
      (await this.waiting(em, account.id))?.become('replaced');
      await em.flush();
      const change = EmailChange.ask(account, email, who.sessionId);
      await em.persist(change).flush();
      this.record(em, 'user.email_change_requested', who);
      // An address that was never confirmed may be a stranger's.
      if (account.emailVerifiedAt) await this.mails.asked(em, account, change);
      await this.jobs.enqueue(em, {
        queue: 'users',
        name: 'email_change',
        payload: { changeId: change.id },
        subject: { type: 'user', id: account.id },
      });
    });
    return { state: 'accepted' };
  }

  /** Takes a change back that waits. @throws NotFound when there is none */
  async cancel(who: Person): Promise<void> {
    await this.transactions.run(async (em) => {
      await em.findOneOrFail(Account, who.userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      const change = await this.waiting(em, who.userId);
      if (!change?.open()) throw new NotFound('No change of your address is waiting.');
      change.become('cancelled');
      this.events.record(em, 'user.email_change_cancelled', {
        ...this.about(who),
        data: { by: 'person' },
      });
    });
  }

  private waiting(em: EntityManager, userId: string): Promise<EmailChange | null> {
    return em.findOne(EmailChange, { userId, state: 'pending' }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  private record(em: EntityManager, type: 'user.email_change_requested', who: Person): void {
    this.events.record(em, type, { ...this.about(who), data: {} });
  }

  private about(who: Person) {
    const scope = { kind: 'user', id: who.userId } as const;
    return { workspaceId: SYSTEM_WORKSPACE, scope, subjectId: who.userId, actor: who };
  }
}
