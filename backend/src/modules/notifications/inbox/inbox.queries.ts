import { Injectable } from '@nestjs/common';
import type { UnreadCounts } from '#contract/realtime/index.js';
import { notificationFields, toSql, type SqlCondition } from '#contract/filter/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { FilterContexts, readFilter } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import type { Reason } from '#platform/notifications/index.js';
import { InboxSight, SEEN, type InboxOwner } from './inbox-sight.js';
import type { InboxQuery, NotificationShown } from './inbox.schemas.js';
import { NOTHING, UnreadQueries } from './unread-queries.js';

/** A row of the inbox, before it is put into words. */
export interface InboxRow extends Omit<NotificationShown, 'title' | 'summary' | 'url'> {
  readonly events: { id: string; position: number }[];
  readonly reason: Reason | null;
}

/** A group of the inbox, likewise. */
export interface GroupRow {
  readonly count: number;
  readonly unread: number;
  readonly newest: InboxRow;
}

const ID = { sql: 'n.id', type: 'uuid' } as const;
const LIST: SortedList = {
  name: 'notifications',
  sorts: { createdAt: { sql: 'n.created_at', type: 'timestamptz' } },
  id: ID,
};
const GROUPS: SortedList = {
  name: 'notification-groups',
  sorts: { newestAt: { sql: 'n.created_at', type: 'timestamptz' } },
  id: ID,
};

/** What stands in which box; the words are those of the `box` parameter. */
const BOXES: Record<InboxQuery['box'], string> = {
  inbox: 'n.archived_at is null and (n.snoozed_until is null or n.snoozed_until <= now())',
  archived: 'n.archived_at is not null',
  snoozed: 'n.archived_at is null and n.snoozed_until is not null and n.snoozed_until > now()',
  all: 'true',
};

const COLUMNS = `n.id, n.workspace_id as "workspaceId", n.topic, n.type,
  jsonb_build_object('type', n.subject_type, 'id', n.subject_id) as subject, n.form, n.total,
  case when n.source_id is not null then jsonb_build_object('type', n.source_type, 'id', n.source_id) end as source,
  n.position::float8 as position, ${isoTime('n.created_at')} as "createdAt", ${isoTime('n.read_at')} as "readAt",
  ${isoTime('n.archived_at')} as "archivedAt",
  case when n.snoozed_until > now() then ${isoTime('n.snoozed_until')} end as "snoozedUntil", n.events, n.reason`;

/** What a notification is about, by another name: a subquery in which `n` is another row can compare with it. */
const THING = 'cross join lateral (select n.workspace_id, n.subject_type, n.subject_id, n.created_at, n.id) thing';
const OF_THING = `(n.workspace_id, n.subject_type, n.subject_id) =
  (thing.workspace_id, thing.subject_type, thing.subject_id)`;

/** Of so few things each is looked up; of more the newest notifications are walked. */
const FEW = 500;
/** So many of a group are counted. */
const MOST_COUNTED = 100;
const FIRST_THING = (where: string) => `
  select n.workspace_id, n.subject_type, n.subject_id from notification n
   where n.user_id = $1 ${where} order by n.workspace_id, n.subject_type, n.subject_id limit 1`;
const AFTER = `and (n.workspace_id, n.subject_type, n.subject_id) >
  (thing.workspace_id, thing.subject_type, thing.subject_id)`;
// Goes from one thing to the next by the index, however many notifications each has.
const THINGS = `
  with recursive thing as (
    (${FIRST_THING('')}) union all
    select following.* from thing cross join lateral (${FIRST_THING(AFTER)}) following)
  select * from thing limit ${FEW + 1}`;

/** The reads of inboxes: a person's own, limited in the statement to what they may see now. */
@Injectable()
export class InboxQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly sight: InboxSight,
    private readonly counts: UnreadQueries,
  ) {}

  /** @throws FilterRefused; ValidationFailed on a cursor from elsewhere */
  async list(who: InboxOwner, query: InboxQuery): Promise<Page<InboxRow>> {
    const filter = await this.filter(who, query.filter);
    const list = boxed(LIST, query);
    const seek = this.cursor.seek(list, query, 4 + filter.params.length);
    const rows = await this.reads.adHoc<InboxRow & { _key: string[] }>(
      `select ${COLUMNS}, ${seek.key} from notification n
        where ${SEEN} and ${BOXES[query.box]} and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [...(await this.sight.parameters(who)), ...filter.params, ...seek.values],
    );
    return this.cursor.page(list, query, rows);
  }

  /**
   * One group for each thing that notifications of the box are about, by its newest one. Where there are few things the newest
   * of each is looked up. Else it walks from the newest on and asks of each row for one newer (`offset 0` keeps that from
   * becoming a join of all with all). Only the groups of the page are counted, and not to the end.
   */
  async groups(who: InboxOwner, query: ListQuery & Pick<InboxQuery, 'box'>): Promise<Page<GroupRow>> {
    const filter = await this.filter(who, query.filter);
    const list = boxed(GROUPS, query);
    const seek = this.cursor.seek(list, query, 4 + filter.params.length);
    const parameters = [...(await this.sight.parameters(who)), ...filter.params, ...seek.values];
    const things = await this.reads.all('notifications.things', THINGS, [who.userId]);
    const few = things.length <= FEW;
    const shown = `${SEEN} and ${BOXES[query.box]} and ${filter.text}`;
    const same = `from notification n where ${shown} and ${OF_THING}`;
    const newest = few
      ? `jsonb_to_recordset($${parameters.length + 1}::jsonb) as thing(workspace_id uuid, subject_type text, subject_id text)
         cross join lateral (select n.* ${same} order by n.created_at desc, n.id desc limit 1) n where ${seek.condition}`
      : `notification n ${THING}
         where ${shown} and ${seek.condition}
           and not exists (select ${same} and (n.created_at, n.id) > (thing.created_at, thing.id) offset 0)`;
    const rows = await this.reads.adHoc<InboxRow & { count: number; unread: number; _key: string[] }>(
      `select ${COLUMNS}, c.count, c.unread, n._key from (
         select n.*, ${seek.key} from ${newest} order by ${seek.orderBy} limit ${seek.limit}) n ${THING}
         cross join lateral (
           select count(*)::int as count, (count(*) filter (where x.read_at is null))::int as unread
             from (select n.read_at ${same} order by n.created_at desc, n.id desc limit ${MOST_COUNTED}) x) c
        order by ${seek.orderBy}`,
      few ? [...parameters, JSON.stringify(things)] : parameters,
    );
    const { items, nextCursor } = this.cursor.page(list, query, rows);
    return { items: items.map(({ count, unread, ...newest }) => ({ count, unread, newest })), nextCursor };
  }

  /** One of the caller's notifications that they may see now. */
  async one(who: InboxOwner, id: string): Promise<InboxRow | undefined> {
    const text = `select ${COLUMNS} from notification n where ${SEEN} and n.id = $4`;
    return this.reads.one<InboxRow>('notifications.one', text, [...(await this.sight.parameters(who)), id]);
  }

  /** How many in the inbox are unread, by workspace and topic. */
  async unread(who: InboxOwner): Promise<UnreadCounts> {
    return (await this.counts.of(await this.sight.seats(who))).get(who.userId) ?? NOTHING;
  }

  /** How a notification fares outside the inbox. */
  deliveries(id: string): Promise<{ id: string; channel: string; state: 'queued' | 'sent' | 'failed' }[]> {
    const text = 'select id, channel, state from delivery where notification_id = $1 order by id';
    return this.reads.all('notifications.deliveries', text, [id]);
  }

  private async filter(who: InboxOwner, text?: string): Promise<SqlCondition> {
    if (!text?.trim()) return { text: 'true', params: [] };
    const context = await this.contexts.context(who);
    return toSql(readFilter(text, notificationFields, context), context, { start: 4 });
  }
}

/** A cursor belongs to the box that it was made for. */
function boxed(list: SortedList, { box }: Pick<InboxQuery, 'box'>): SortedList {
  return { ...list, name: `${list.name}/${box}` };
}
