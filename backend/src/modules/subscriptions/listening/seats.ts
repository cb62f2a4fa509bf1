import { Injectable } from '@nestjs/common';
import { eventVisible, type MemberRole, permissionsOf, scopeOf } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { EventSight, FilterTargets } from '#platform/filters/index.js';
import type { SeatListener } from './listener.js';

/** A filter that an event matched, with whoever wrote it. */
export interface Found {
  readonly event: LogEvent;
  readonly listener: SeatListener;
}

/** A match that counts: the subscription stands, and its person may see the event. */
export interface Match extends Found {
  /** IANA, of the person. */
  readonly zone: string;
  readonly snoozedUntil: Date | null;
}

interface Row {
  n: number;
  role: MemberRole;
  made: string[] | null;
  version: number;
  zone: string;
  currency: string;
  snoozed_until: string | null;
}

// The person is joined through the grant: who has left the workspace hears nothing. What was recorded already is left out.
const STANDING = `
  select c.n, g.role, r.permissions as made, s.version, u.time_zone as zone, u.currency, s.snoozed_until
    from jsonb_to_recordset($1::jsonb) as c(n int, seat_id uuid, event_id uuid, scope_kind text, scope_id uuid)
    join subscription_seat seat on seat.id = c.seat_id
    join subscription s on s.id = seat.subscription_id and s.removed_at is null and not s.paused
     and (s.expires_at is null or s.expires_at > now())
    join user_account u on u.id = seat.user_id and u.erase_at is null
    join access_grant g on g.workspace_id = s.workspace_id and g.principal_id = seat.user_id
    left join workspace_role r on r.id = g.role_id
    cross join lateral (select s.workspace_id, c.scope_kind, c.scope_id) as place
   where ${eventVisible(scopeOf('place'), 'seat.user_id')}
     and not exists (select from subscription_match m where m.seat_id = c.seat_id and m.event_id = c.event_id)`;

/** Whether those whose filters match are told, as rows say now: one statement for all matches of a batch. */
@Injectable()
export class Seats {
  constructor(
    private readonly targets: FilterTargets,
    private readonly sight: EventSight,
  ) {}

  /** The matches that count, in their order; `stale` names subscriptions that are not as they were held. */
  async standing(em: EntityManager, found: readonly Found[]): Promise<{ matches: Match[]; stale: string[] }> {
    if (found.length === 0) return { matches: [], stale: [] };
    const rows = await query<Row>(em, STANDING, [JSON.stringify(found.map(asked))]);
    const stale = new Set<string>();
    const matches: Match[] = [];
    for (const row of rows.sort((a, b) => a.n - b.n)) {
      const one = found[row.n]!;
      const { listener } = one;
      if (
        row.version !== listener.version ||
        row.zone !== listener.owner.zone ||
        row.currency !== listener.owner.currency
      )
        stale.add(listener.subscriptionId);
      const snoozedUntil = row.snoozed_until === null ? null : new Date(row.snoozed_until);
      if (this.sees(row, one)) matches.push({ ...one, zone: row.zone, snoozedUntil });
    }
    return { matches, stale: [...stale] };
  }

  /** Things of a mixed target need the permission of each event's type beside the target's own. */
  private sees({ role, made }: Row, { listener, event }: Found): boolean {
    if (!this.targets.has(listener.target)) return false;
    const target = this.targets.get(listener.target);
    const permissions = permissionsOf(role, made);
    if (!permissions.has(target.permission)) return false;
    return target.mixed !== true || this.sight.sees({ permissions, userId: listener.userId }, event);
  }
}

function asked({ listener, event: { id, scope } }: Found, n: number): object {
  const scopeId = scope.kind === 'workspace' ? null : scope.id;
  return { n, seat_id: listener.key, event_id: id, scope_kind: scope.kind, scope_id: scopeId };
}
