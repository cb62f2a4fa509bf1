import { Injectable } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import type { EventType } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';
import { OWNER_COLUMNS, OWNER_JOIN, type OwnerRow } from './endpoint-rights.js';

/** Seconds that a process keeps a lane without renewing it. */
export const LANE_SECONDS = 10;
const TAKEN_AT_ONCE = 500;

/** A lane that this process holds: its endpoint, and the epoch that its results must still match. */
export interface HeldLane {
  readonly id: string;
  readonly epoch: string;
}

/** A lane to be given back, as it was when nothing more was found in it. */
export interface IdleLane extends HeldLane {
  readonly wakes: string;
}

/** What a lane wants: so many of its next deliveries. */
export interface WantedRows extends HeldLane {
  readonly n: number;
}

/** A delivery to be sent, with the event it tells of; `found` is false when the event is gone. */
export interface DueRow {
  readonly id: string;
  readonly eventId: string;
  readonly type: EventType;
  readonly subjectId: string;
  readonly test: boolean;
  readonly attempts: number;
  readonly failures: number;
  readonly createdAt: string | Date;
  readonly workspaceId: string;
  readonly version: number | null;
  readonly subjectType: string | null;
  readonly actor: Pick<Actor, 'kind' | 'id'> | null;
  readonly occurredAt: string | Date | null;
  readonly data: unknown;
  readonly due: boolean;
}

/** An endpoint as it is now, with what signs and whose rights count. */
export interface ServedEndpoint extends OwnerRow {
  readonly id: string;
  readonly url: string;
  readonly headers: string | null;
  readonly ratePerSecond: number | null;
  readonly ordered: boolean;
  readonly served: boolean;
  readonly failingSince: Date | null;
  readonly secrets: { id: string; sealed: string }[] | null;
}

const TAKE = `
  with due as (
    select endpoint_id from webhook_lane
     where due_at <= now() and (owner is null or held_until < now())
     order by due_at limit ${TAKEN_AT_ONCE} for no key update skip locked)
  update webhook_lane l set owner = $1, held_until = now() + interval '${LANE_SECONDS} seconds', epoch = l.epoch + 1
    from due where l.endpoint_id = due.endpoint_id
  returning l.endpoint_id as id, l.epoch::text`;

const RENEW = `
  update webhook_lane l set held_until = now() + interval '${LANE_SECONDS} seconds'
    from unnest($1::uuid[], $2::bigint[]) as h(id, epoch)
   where l.endpoint_id = h.id and l.epoch = h.epoch and l.owner = $3
  returning l.endpoint_id as id`;

// What a restored backup still had to send waits for an operator; see \`log_restore\`.
const FREE = `(not d.held or not (select exists (select from log_restore where released_at is null)))`;
const ROW = `d.id, d.event_id, d.event_position, d.event_type, d.subject_id, d.test, d.attempts, d.failures, d.created_at,
  d.workspace_id, d.next_attempt_at`;

const FETCH = `
  select l.endpoint_id as lane, l.wakes::text, d.id, d.event_id as "eventId", d.event_type as type, d.subject_id as "subjectId", d.test,
         d.attempts, d.failures, d.created_at as "createdAt", d.workspace_id as "workspaceId", e.version,
         e.subject_type as "subjectType", e.actor, e.occurred_at as "occurredAt", e.data, d.next_attempt_at <= now() as due
    from unnest($1::uuid[], $2::bigint[], $3::int[]) as want(id, epoch, n)
    join webhook_lane l on l.endpoint_id = want.id and l.epoch = want.epoch and l.owner = $4
    join webhook_endpoint p on p.id = want.id
    left join lateral (
      (select ${ROW} from webhook_delivery d
        where not p.ordered and d.endpoint_id = want.id and d.state = 'queued' and d.next_attempt_at <= now() and ${FREE}
        order by d.next_attempt_at limit want.n)
      union all
      (select ${ROW} from webhook_delivery d
        where p.ordered and d.endpoint_id = want.id and d.state = 'queued' and ${FREE}
        order by d.event_position, d.id limit want.n)) d on true
    left join event e on e.position = d.event_position and e.id = d.event_id
   order by l.endpoint_id, d.event_position, d.id`;

const ENDPOINTS = `
  select p.id, p.url, p.headers, p.rate_per_second as "ratePerSecond", p.ordered, p.state = 'enabled' and p.removed_at is null as served,
         l.failing_since as "failingSince", ${OWNER_COLUMNS},
         (select jsonb_agg(jsonb_build_object('id', s.id, 'sealed', s.sealed) order by s.created_at desc) from webhook_secret s
           where s.endpoint_id = p.id and (s.expires_at is null or s.expires_at > now())) as secrets
    from webhook_endpoint p join webhook_lane l on l.endpoint_id = p.id ${OWNER_JOIN}
   where p.id = any($1::uuid[])`;

// A lane that was woken since its rows were read is not given back. In an ordered one the first decides when to look again.
const RELEASE = `
  update webhook_lane l set owner = null, held_until = null, due_at = case
      when p.state <> 'enabled' or p.removed_at is not null then null
      when p.ordered then (select d.next_attempt_at from webhook_delivery d where d.endpoint_id = p.id and d.state = 'queued'
                              and ${FREE} order by d.event_position, d.id limit 1)
      else (select min(d.next_attempt_at) from webhook_delivery d where d.endpoint_id = p.id and d.state = 'queued' and ${FREE}) end
    from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as h(id, epoch, wakes), webhook_endpoint p
   where l.endpoint_id = h.id and l.epoch = h.epoch and l.owner = $4 and l.wakes = h.wakes and p.id = l.endpoint_id
  returning l.endpoint_id as id`;

const ABANDON = `
  update webhook_lane l set owner = null, held_until = null, due_at = now()
    from unnest($1::uuid[], $2::bigint[]) as h(id, epoch) where l.endpoint_id = h.id and l.epoch = h.epoch and l.owner = $3`;

/** Nothing waits for a poke that never came, or for a release of what was held, longer than this is apart. */
const SWEEP = `
  update webhook_lane l set due_at = now()
    from webhook_endpoint p
   where p.id = l.endpoint_id and p.state = 'enabled' and p.removed_at is null and l.owner is null and (l.due_at is null or l.due_at > now())
     and exists (select from webhook_delivery d where d.endpoint_id = l.endpoint_id and d.state = 'queued' and d.next_attempt_at <= now() and ${FREE})
     and not (p.ordered and l.due_at is not null)`;

/** The statements by which processes share endpoints among them. Time is the database's own. */
@Injectable()
export class LaneStore {
  constructor(private readonly reads: Reads) {}

  /** Takes lanes that are due and that nobody holds. */
  take(owner: string): Promise<HeldLane[]> {
    return this.reads.all<HeldLane>('webhook lanes take', TAKE, [owner]);
  }

  /** @returns those that are still held */
  async renew(lanes: readonly HeldLane[], owner: string): Promise<Set<string>> {
    const kept = await this.reads.all<{ id: string }>('webhook lanes renew', RENEW, [...columns(lanes), owner]);
    return new Set(kept.map(({ id }) => id));
  }

  /** The next deliveries of each lane that is still held, in the order of the log, and the wakes that they were read at. */
  async fetch(wanted: readonly WantedRows[], owner: string): Promise<Map<string, { wakes: string; rows: DueRow[] }>> {
    const values = [...columns(wanted), wanted.map(({ n }) => n), owner];
    const found = await this.reads.all<DueRow & { lane: string; wakes: string }>('webhook lanes fetch', FETCH, values);
    const lanes = new Map<string, { wakes: string; rows: DueRow[] }>();
    for (const { lane, wakes, ...row } of found) {
      const known = lanes.get(lane) ?? { wakes, rows: [] };
      if (row.id !== null) known.rows.push(row);
      lanes.set(lane, known);
    }
    return lanes;
  }

  async endpoints(ids: readonly string[]): Promise<Map<string, ServedEndpoint>> {
    const found = await this.reads.all<ServedEndpoint>('webhook lanes endpoints', ENDPOINTS, [ids]);
    return new Map(found.map((endpoint) => [endpoint.id, endpoint]));
  }

  /** Gives lanes back. @returns those that were not woken meanwhile */
  async release(lanes: readonly IdleLane[], owner: string): Promise<Set<string>> {
    const values = [...columns(lanes), lanes.map(({ wakes }) => wakes), owner];
    const given = await this.reads.all<{ id: string }>('webhook lanes release', RELEASE, values);
    return new Set(given.map(({ id }) => id));
  }

  /** Gives lanes back that still have work, for another process to take at once. */
  async abandon(lanes: readonly HeldLane[], owner: string): Promise<void> {
    await this.reads.all('webhook lanes abandon', ABANDON, [...columns(lanes), owner]);
  }

  /** Looks for what is due and that no lane knows of. */
  async sweep(): Promise<void> {
    await this.reads.all('webhook lanes sweep', SWEEP, []);
  }
}

function columns(lanes: readonly HeldLane[]): [string[], string[]] {
  return [lanes.map(({ id }) => id), lanes.map(({ epoch }) => epoch)];
}
