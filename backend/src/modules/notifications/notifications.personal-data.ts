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
import { Suppressions } from './suppressions/suppressions.js';

const BATCH = 2_000;
/** Deliveries before notifications: each batch is then of its own size, and none takes many with it. */
const TABLES = ['delivery', 'notification'];

const WORKSPACES = 'select distinct workspace_id as id from delivery where user_id = $1 order by 1';
// Behind a place in the index of a person's rows: they may have hundreds of thousands.
const DELIVERIES = `
  select d.id, d.workspace_id as "workspaceId", d.notification_id as "notificationId", d.subscription_id as "subscriptionId",
         d.event_type as "eventType", d.subject_id as "subjectId", d.channel, d.state, d.response, d.error, d.tries,
         ${isoTime('d.created_at')} as "createdAt", ${isoTime('d.sent_at')} as "sentAt", d.created_at::text as "_at"
    from delivery d
   where d.user_id = $1 and d.workspace_id = $2
     and ($3::timestamptz is null or (d.created_at, d.id) < ($3::timestamptz, $4::uuid))
   order by d.created_at desc, d.id desc limit $5`;
const NOTIFICATIONS = `
  select n.id, n.workspace_id as "workspaceId", n.type, n.subject_type as "subjectType", n.subject_id as "subjectId", n.total,
         n.form, n.reason, ${isoTime('n.created_at')} as "createdAt", ${isoTime('n.read_at')} as "readAt",
         ${isoTime('n.archived_at')} as "archivedAt", ${isoTime('n.snoozed_until')} as "snoozedUntil", n.created_at::text as "_at"
    from notification n
   where n.user_id = $1 and ($2::timestamptz is null or (n.created_at, n.id) < ($2::timestamptz, $3::uuid))
   order by n.created_at desc, n.id desc limit $4`;
const PREFERENCES = `
  select p.id, p.workspace_id as "workspaceId", p.project_id as "projectId", p.rules, ${isoTime('p.updated_at')} as "updatedAt"
    from notification_preference p where p.user_id = $1 and ($2::uuid is null or p.id > $2) order by p.id limit $3`;
const CHANNELS = `
  select c.id, c.workspace_id as "workspaceId", c.kind, c.name, ${isoTime('c.created_at')} as "createdAt",
         ${isoTime('c.removed_at')} as "removedAt"
    from notification_channel c where c.user_id = $1 and ($2::uuid is null or c.id > $2) order by c.id limit $3`;

interface Placed {
  id: string;
  /** Its place: the time to the microsecond. */
  _at: string;
}

/** What notifications hold of people: their inbox, what was sent to them, and how they want it. */
@Injectable()
export class NotificationsPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'notifications';

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly suppressions: Suppressions,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  files({ id }: DataSubject): DataFile[] {
    const of = (name: string, text: string) => () => rowsOf(this.reads, `notifications.own_data.${name}`, text, id);
    return [
      { path: 'notifications/notifications', about: 'What you were told of.', rows: () => this.notifications(id) },
      { path: 'notifications/deliveries', about: 'What was sent to you.', rows: () => this.deliveries(id) },
      { path: 'notifications/preferences', about: 'Where you want to be told.', rows: of('preferences', PREFERENCES) },
      { path: 'notifications/channels', about: 'Your own channels.', rows: of('channels', CHANNELS) },
    ];
  }

  /** Removes what there may be many of, and what is known of the person's addresses; the rest goes with the account. */
  async erase({ id, addresses }: DataSubject, signal: AbortSignal): Promise<void> {
    for (const table of TABLES) await this.remove(table, 'user_id', id, signal);
    await this.transactions.run(async (em) => {
      for (const address of addresses) await this.suppressions.lift(em, address);
    });
  }

  /** Likewise for those who belonged to the workspace once. */
  async eraseWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    for (const table of TABLES) await this.remove(table, 'workspace_id', workspaceId, signal);
  }

  private async *notifications(userId: string): AsyncGenerator<object> {
    const page = (after: Placed | null, limit: number) =>
      this.reads.all<Placed>('notifications.own_data', NOTIFICATIONS, [
        userId,
        after?._at ?? null,
        after?.id ?? null,
        limit,
      ]);
    for await (const { _at, ...notification } of inPages(page, (last) => last)) yield notification;
  }

  private async *deliveries(userId: string): AsyncGenerator<object> {
    const name = 'notifications.own_data.deliveries';
    const workspaces = await this.reads.all<{ id: string }>(`${name}.workspaces`, WORKSPACES, [userId]);
    for (const { id } of workspaces) {
      const page = (after: Placed | null, limit: number) =>
        this.reads.all<Placed>(name, DELIVERIES, [userId, id, after?._at ?? null, after?.id ?? null, limit]);
      for await (const { _at, ...delivery } of inPages(page, (last) => last)) yield delivery;
    }
  }

  private async remove(table: string, column: string, id: string, signal: AbortSignal): Promise<void> {
    const text = `delete from ${table} where id in (select id from ${table} where ${column} = $1 limit ${BATCH})`;
    for (let removed = BATCH; removed === BATCH;) {
      signal.throwIfAborted();
      removed = await this.transactions.run((em) => affected(em, text, [id]));
    }
  }
}
