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
const OF_PERSON = `delete from delivery where id in (select id from delivery where user_id = $1 limit ${BATCH})`;
const SUBSCRIPTIONS = `
  select s.id, w.name as workspace, s.name, s.target, s.filter, s.paused, ${isoTime('s.created_at')} as "createdAt",
         ${isoTime('s.updated_at')} as "updatedAt", ${isoTime('s.removed_at')} as "removedAt"
    from subscription s join workspace w on w.id = s.workspace_id
   where s.user_id = $1 and ($2::uuid is null or s.id > $2) order by s.id limit $3`;
// Behind a place in the index of a subscription's deliveries: a person may have hundreds of thousands.
const DELIVERIES = `
  select d.id, d.subscription_id as "subscriptionId", d.event_type as "eventType", d.subject_id as "subjectId", d.channel,
         d.state, d.response, d.error, ${isoTime('d.created_at')} as "createdAt", ${isoTime('d.sent_at')} as "sentAt",
         d.created_at::text as "_at"
    from delivery d
   where d.subscription_id = $1 and ($2::timestamptz is null or (d.created_at, d.id) < ($2::timestamptz, $3::uuid))
   order by d.created_at desc, d.id desc limit $4`;
const OF_WORKSPACE = `
  delete from delivery where id in (
    select d.id from delivery d join subscription s on s.id = d.subscription_id where s.workspace_id = $1 limit ${BATCH})`;

interface Delivery {
  id: string;
  /** Its place: the time to the microsecond. */
  _at: string;
}

/** What subscriptions hold of people: what they want to hear of, and what was sent to them. */
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
    const subscriptions = () => rowsOf(this.reads, 'subscriptions.own_data', SUBSCRIPTIONS, id);
    return [
      { path: 'subscriptions/subscriptions', about: 'What you asked to hear of.', rows: subscriptions },
      {
        path: 'subscriptions/deliveries',
        about: 'The alerts that were sent to you.',
        rows: () => this.deliveries(subscriptions()),
      },
    ];
  }

  /** Removes the deliveries, of which there may be many; the subscriptions go with the account. */
  erase({ id }: DataSubject, signal: AbortSignal): Promise<void> {
    return this.remove(OF_PERSON, id, signal);
  }

  /** Likewise for those who belonged to the workspace once. */
  eraseWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.remove(OF_WORKSPACE, workspaceId, signal);
  }

  private async *deliveries(subscriptions: AsyncIterable<{ id: string }>): AsyncGenerator<object> {
    for await (const { id } of subscriptions) {
      const page = (after: Delivery | null, limit: number) =>
        this.reads.all<Delivery>('subscriptions.own_data.deliveries', DELIVERIES, [id, after?._at, after?.id, limit]);
      for await (const { _at, ...delivery } of inPages(page, (last) => last)) yield delivery;
    }
  }

  private async remove(statement: string, id: string, signal: AbortSignal): Promise<void> {
    for (let removed = BATCH; removed === BATCH;) {
      signal.throwIfAborted();
      removed = await this.transactions.run((em) => affected(em, statement, [id]));
    }
  }
}
