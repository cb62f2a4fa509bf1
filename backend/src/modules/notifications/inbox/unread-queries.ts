import { Injectable } from '@nestjs/common';
import type { UnreadCounts } from '#contract/realtime/index.js';
import { eventVisible } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import type { Seat } from './inbox-sight.js';

/** So many are counted of each kind of notification: an inbox may hold more than anybody reads the number of. */
export const MOST_UNREAD = 1_000;

interface Counted {
  userId: string;
  workspaceId: string;
  topic: string;
  unread: number;
}

// As the index has them.
const SCOPE = `coalesce(n.scope_id, '00000000-0000-0000-0000-000000000000'::uuid)`;
const KEY = `(n.type, n.scope_kind, ${SCOPE})`;
const OF = (seat: string) =>
  `n.user_id = ${seat}.user_id and n.workspace_id = ${seat}.workspace_id and n.read_at is null and n.archived_at is null`;
const FIRST = (where: string) => `
  select n.type, n.scope_kind, ${SCOPE} as scope_id, n.topic from notification n
   where ${where} order by n.type, n.scope_kind, ${SCOPE} limit 1`;
const SOME = (snoozed: string) => `
  select count(*)::int as some from (
    select from notification n
     where ${OF('kind')} and ${KEY} = (kind.type, kind.scope_kind, kind.scope_id) and ${snoozed} limit ${MOST_UNREAD}) x`;

// Goes from one kind to the next by the index, and counts a bounded number of each that is seen.
const UNREAD = `
  with recursive seat as materialized (
    select * from jsonb_to_recordset($1::jsonb) as s(user_id uuid, principal uuid, workspace_id uuid, own boolean, types text[])
  ), kind as (
    select seat.user_id, seat.workspace_id, first.* from seat cross join lateral (${FIRST(OF('seat'))}) first
    union all
    select kind.user_id, kind.workspace_id, following.* from kind
     cross join lateral (${FIRST(`${OF('kind')} and ${KEY} > (kind.type, kind.scope_kind, kind.scope_id)`)}) following
  )
  select kind.user_id as "userId", kind.workspace_id as "workspaceId", kind.topic,
         least(sum(here.some + back.some), ${MOST_UNREAD})::int as unread
    from kind join seat using (user_id, workspace_id)
   cross join lateral (${SOME('n.snoozed_until is null')}) here
   cross join lateral (${SOME('n.snoozed_until <= now()')}) back
   where ((kind.scope_kind = 'user' and seat.own) or kind.type = any(seat.types))
     and ${eventVisible({ workspace: 'kind.workspace_id', kind: 'kind.scope_kind', id: 'kind.scope_id' }, 'seat.principal')}
   group by 1, 2, 3 having sum(here.some + back.some) > 0 order by 1, 2, 3`;

/** How much is unread, of one inbox or of many at once; what it costs does not grow with them. */
@Injectable()
export class UnreadQueries {
  constructor(private readonly reads: Reads) {}

  /** By person; those with nothing unread are missing. Each number stops at `MOST_UNREAD`. */
  async of(seats: readonly Seat[]): Promise<Map<string, UnreadCounts>> {
    const rows = await this.reads.all<Counted>('notifications.unread', UNREAD, [JSON.stringify(seats)]);
    const people = Map.groupBy(rows, ({ userId }) => userId);
    return new Map([...people].map(([userId, counted]) => [userId, countsOf(counted)]));
  }
}

/** What an inbox without anything unread has. */
export const NOTHING: UnreadCounts = { total: 0, workspaces: [] };

function countsOf(rows: readonly Counted[]): UnreadCounts {
  const workspaces = [...Map.groupBy(rows, ({ workspaceId }) => workspaceId)].map(([workspaceId, topics]) => ({
    workspaceId,
    unread: sum(topics),
    topics: topics.map(({ topic, unread }) => ({ topic, unread })),
  }));
  return { total: sum(workspaces), workspaces };
}

function sum(rows: readonly { unread: number }[]): number {
  return Math.min(
    rows.reduce((all, { unread }) => all + unread, 0),
    MOST_UNREAD,
  );
}
