import { Injectable } from '@nestjs/common';
import type { InboxItem } from '#contract/realtime/index.js';
import { eventVisible } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { Inboxes, type InboxNow } from '#platform/notifications/index.js';
import { InboxSight } from './inbox-sight.js';
import { NOTHING, UnreadQueries } from './unread-queries.js';

const ITEMS = `
  select n.user_id as "userId", n.id, n.workspace_id as "workspaceId", n.topic, n.type,
         jsonb_build_object('type', n.subject_type, 'id', n.subject_id) as subject, n.form, n.total,
         ${isoTime('n.created_at')} as "createdAt", ${isoTime('n.read_at')} as "readAt",
         ${isoTime('n.archived_at')} as "archivedAt",
         case when n.snoozed_until > now() then ${isoTime('n.snoozed_until')} end as "snoozedUntil"
    from jsonb_to_recordset($2::jsonb) as asked(user_id uuid, id uuid)
    join notification n on n.id = asked.id and n.user_id = asked.user_id
    join jsonb_to_recordset($1::jsonb) as seat(user_id uuid, principal uuid, workspace_id uuid, own boolean, types text[])
      on seat.user_id = n.user_id and seat.workspace_id = n.workspace_id
   where ((n.scope_kind = 'user' and seat.own) or n.type = any(seat.types))
     and ${eventVisible({ workspace: 'n.workspace_id', kind: 'n.scope_kind', id: 'n.scope_id' }, 'seat.principal')}
   order by n.created_at, n.id`;

/** How the inboxes of many people stand, for their open pages. */
@Injectable()
export class RoomInboxes extends Inboxes {
  constructor(
    private readonly sight: InboxSight,
    private readonly unread: UnreadQueries,
    private readonly reads: Reads,
  ) {
    super();
  }

  override async now(asked: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, InboxNow>> {
    const people = [...asked.keys()];
    const seats = await this.sight.seatsOf(people);
    const [unread, items] = await Promise.all([this.unread.of(seats), this.items(seats, asked)]);
    return new Map(people.map((id) => [id, { unread: unread.get(id) ?? NOTHING, notifications: items.get(id) ?? [] }]));
  }

  private async items(seats: readonly object[], asked: ReadonlyMap<string, readonly string[]>) {
    const wanted = [...asked].flatMap(([userId, ids]) => ids.map((id) => ({ user_id: userId, id })));
    if (wanted.length === 0) return new Map<string, InboxItem[]>();
    const parameters = [JSON.stringify(seats), JSON.stringify(wanted)];
    const rows = await this.reads.all<InboxItem & { userId: string }>('notifications.items', ITEMS, parameters);
    const people = Map.groupBy(rows, ({ userId }) => userId);
    return new Map([...people].map(([id, found]) => [id, found.map(({ userId: _, ...item }): InboxItem => item)]));
  }
}
