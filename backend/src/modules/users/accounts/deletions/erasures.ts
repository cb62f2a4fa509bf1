import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { type EntityManager, query, Transactions } from '#platform/database/index.js';
import {
  erasePerson,
  erasePersonStretch,
  eraseWorkspace,
  EventLog,
  SYSTEM_WORKSPACE,
} from '#platform/event-log/index.js';
import { forgetAnswers } from '#platform/http/index.js';
import { forgetJobs, forgetJobsOfWorkspace } from '#platform/jobs/index.js';
import { forgetMails } from '#platform/mail/index.js';
import { type DataSubject, PersonalData } from '#platform/personal-data/index.js';
import { Account } from '../account.entity.js';
import { Departures } from './departures.js';

// An address that they left, or only asked for, may be somebody else's: what was sent there is not theirs to take along.
const ADDRESSES = `
  select a.email
    from (select email, email_key from user_account where id = $1
          union select from_email, from_email_key from email_change where user_id = $1
          union select to_email, to_email_key from email_change where user_id = $1) a
   where not exists (select from user_account o where o.email_key = a.email_key and o.id <> $1)`;
// Those that are open stay: they are offers of a workspace to whoever reads the address.
const INVITATIONS = `
  delete from invitation where accepted_by = $1 or (
    email_key = any($2::text[]) and (accepted_at is not null or revoked_at is not null or expires_at <= now()))`;
const ACTORS = `select $1::uuid as id union all select id from api_key where user_id = $1`;

/** What an erasure begins with. */
export interface Begun {
  person: DataSubject;
  /** Workspaces that go with the person. */
  workspaces: string[];
}

/**
 * Erases a person in steps, each of which may run again: first they leave what they share, then go the workspaces that were
 * theirs alone, then what each room holds of them, and last the account with everything that refers to it.
 */
@Injectable()
export class Erasures {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly data: PersonalData,
    private readonly departures: Departures,
  ) {}

  /** Closes the door for good and leaves shared workspaces. @returns null when the account is kept, or gone */
  async begin(userId: string, scheduledFor: Date): Promise<Begun | null> {
    return this.transactions.run(async (em) => {
      const account = await em.findOne(Account, userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!account?.beginErasure(scheduledFor)) return null;
      const workspaces = await this.departures.leaveShared(em, userId);
      const found = await query<{ email: string }>(em, ADDRESSES, [userId]);
      const others = found.map(({ email }) => email).filter((email) => email !== account.email);
      return { person: { id: userId, addresses: [account.email, ...others] }, workspaces };
    });
  }

  /** Erases a workspace that nobody else belongs to. */
  async workspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    for (const holder of this.data.holders()) await holder.eraseWorkspace?.(workspaceId, signal);
    await this.eventsOf(workspaceId, signal);
    await this.transactions.run(async (em) => {
      await forgetJobsOfWorkspace(em, workspaceId);
      const gone = await query(em, `delete from workspace where id = $1 returning id`, [workspaceId]);
      if (gone.length === 0) return;
      const about = { workspaceId, subjectId: workspaceId, actor: systemActor() };
      this.events.record(em, 'workspace.erased', { ...about, data: {} });
    });
  }

  /** Erases what the rooms hold of a person. */
  async rooms(person: DataSubject, signal: AbortSignal): Promise<void> {
    for (const holder of this.data.holders()) await holder.erase?.(person, signal);
  }

  /** Erases the person from the log as it is, in transactions of its own; what is not sealed yet is left to the last step. */
  async log({ id }: DataSubject, signal: AbortSignal): Promise<void> {
    for (let after: number | null = 0; after !== null;) {
      signal.throwIfAborted();
      const from: number = after;
      after = await this.transactions.run((em) => erasePersonStretch(em, id, from));
    }
  }

  /**
   * Erases the account with what refers to it, and what is left of the person in the log, inside the caller's transaction.
   *
   * @throws LogOperationRefused when an event of the person is not sealed yet
   */
  async account(em: EntityManager, { id, addresses }: DataSubject): Promise<void> {
    await em.findOne(Account, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
    await erasePerson(em, id);
    const actors = await query<{ id: string }>(em, ACTORS, [id]);
    await forgetAnswers(
      em,
      actors.map((actor) => actor.id),
    );
    await forgetMails(em, addresses);
    await forgetJobs(em, { type: 'user', id });
    await query(em, INVITATIONS, [id, addresses.map((address) => address.toLowerCase())]);
    await query(em, `delete from user_account where id = $1`, [id]);
    this.events.record(em, 'user.erased', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id },
      subjectId: id,
      actor: systemActor(),
      data: { reason: 'deletion' },
    });
  }

  private async eventsOf(workspaceId: string, signal: AbortSignal): Promise<void> {
    for (let after: number | null = 0; after !== null;) {
      signal.throwIfAborted();
      const from: number = after;
      after = await this.transactions.run((em) => eraseWorkspace(em, workspaceId, from));
    }
  }
}
