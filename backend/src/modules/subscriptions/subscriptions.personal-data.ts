import { Injectable, type OnModuleInit } from '@nestjs/common';
import { affected, isoTime, Reads, Transactions } from '#platform/database/index.js';
import {
  type DataFile,
  type DataSubject,
  type HoldsPersonalData,
  inPages,
  PersonalData,
  rowsOf,
} from '#platform/personal-data/index.js';

const BATCH = 2_000;
const SUBSCRIPTIONS = `
  select s.id, w.name as workspace, s.name, s.target, s.filter, s.paused, s.plan, ${isoTime('s.snoozed_until')} as "snoozedUntil",
         ${isoTime('s.expires_at')} as "expiresAt", ${isoTime('s.created_at')} as "createdAt",
         ${isoTime('s.updated_at')} as "updatedAt", ${isoTime('s.removed_at')} as "removedAt"
    from subscription s join workspace w on w.id = s.workspace_id
   where s.user_id = $1 and ($2::uuid is null or s.id > $2) order by s.id limit $3`;
const JOINED = `
  select p.id, p.subscription_id as "subscriptionId", w.name as workspace, s.name, ${isoTime('p.joined_at')} as "joinedAt"
    from subscription_participant p
    join subscription s on s.id = p.subscription_id join workspace w on w.id = s.workspace_id
   where p.user_id = $1 and ($2::uuid is null or p.id > $2) order by p.id limit $3`;
// Of their matches, since the seats in shared subscriptions that they left are gone.
const SEATS = `
  select distinct seat_id as id from subscription_match
   where user_id = $1 and ($2::uuid is null or seat_id > $2) order by seat_id limit $3`;
// Behind a place in the index of a seat's matches: a person may have hundreds of thousands.
const MATCHES = `
  select m.id, m.subscription_id as "subscriptionId", m.event_id as "eventId", m.event_type as "eventType",
         m.subject_type as "subjectType", m.subject_id as "subjectId", m.state, m.why, ${isoTime('m.due_at')} as "dueAt",
         ${isoTime('m.created_at')} as "createdAt", m.created_at::text as "_at"
    from subscription_match m
   where m.seat_id = $1 and ($2::timestamptz is null or (m.created_at, m.id) < ($2::timestamptz, $3::uuid))
   order by m.created_at desc, m.id desc limit $4`;
const OF_PERSON = `
  delete from subscription_match where id in (select id from subscription_match where user_id = $1 limit ${BATCH})`;
const THINGS_OF_PERSON = `
  delete from subscription_thing where (seat_id, thing) in (
    select seat_id, thing from subscription_thing where user_id = $1 limit ${BATCH})`;
const OF_WORKSPACE = `
  delete from subscription_match where id in (
    select m.id from subscription s join subscription_match m on m.subscription_id = s.id where s.workspace_id = $1 limit ${BATCH})`;

interface Match {
  id: string;
  /** Its place: the time to the microsecond. */
  _at: string;
}

/** What subscriptions hold of people: what they want to hear of, and what matched it. The subscriptions go with the account. */
@Injectable()
export class SubscriptionsPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'subscriptions';

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
    private readonly transactions: Transactions,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  files({ id }: DataSubject): DataFile[] {
    return [
      {
        path: 'subscriptions/subscriptions',
        about: 'What you asked to hear of.',
        rows: () => rowsOf(this.reads, 'subscriptions.own_data', SUBSCRIPTIONS, id),
      },
      {
        path: 'subscriptions/joined',
        about: 'The shared subscriptions that you joined.',
        rows: () => rowsOf(this.reads, 'subscriptions.own_data.joined', JOINED, id),
      },
      {
        path: 'subscriptions/matches',
        about: 'What your subscriptions matched, and what became of it.',
        rows: () => this.matches(rowsOf(this.reads, 'subscriptions.own_data.seats', SEATS, id)),
      },
    ];
  }

  /** Removes the matches, of which there may be many. */
  async erase({ id }: DataSubject, signal: AbortSignal): Promise<void> {
    await this.remove(OF_PERSON, id, signal);
    await this.remove(THINGS_OF_PERSON, id, signal);
  }

  /** Likewise for those who belonged to the workspace once. */
  eraseWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.remove(OF_WORKSPACE, workspaceId, signal);
  }

  private async *matches(seats: AsyncIterable<{ id: string }>): AsyncGenerator<object> {
    for await (const { id } of seats) {
      const page = (after: Match | null, limit: number) =>
        this.reads.all<Match>('subscriptions.own_data.matches', MATCHES, [id, after?._at, after?.id, limit]);
      for await (const { _at, ...match } of inPages(page, (last) => last)) yield match;
    }
  }

  private async remove(statement: string, id: string, signal: AbortSignal): Promise<void> {
    for (let removed = BATCH; removed === BATCH;) {
      signal.throwIfAborted();
      removed = await this.transactions.run((em) => affected(em, statement, [id]));
    }
  }
}
