import { Injectable } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import type { EventType } from '#contract/events/index.js';
import { OWNER_COLUMNS, OWNER_JOIN, type OwnerRow } from './endpoint-rights.js';
import { Told, toldOf, type ToldRow } from './told.js';

/** Seconds that a process keeps a lane without renewing it. */
export const LANE_SECONDS = 10;
/** Lanes that one statement takes. */
export const TAKEN_AT_ONCE = 500;

/** A lane that this process holds: its endpoint, and the epoch that its results must still match. */
export interface HeldLane {
  readonly id: string;
  readonly epoch: string;
}

/** A lane to be given back, as it was when nothing more was found in it; whatever came since, when `wakes` is null. */
export interface IdleLane extends HeldLane {
  readonly wakes: string | null;
}

/** What a lane wants: so many of its next deliveries. */
export interface WantedRows extends HeldLane {
  readonly n: number;
}

/** A delivery to be sent; `told` is undefined when its event is gone. */
export interface DueRow {
  readonly id: string;
  readonly eventId: string;
  readonly type: EventType;
  readonly subjectId: string;
  readonly test: boolean;
  readonly failures: number;
  readonly workspaceId: string;
  readonly due: boolean;
  readonly told: Told | undefined;
}

/** What was read of one lane. */
export interface ReadLane {
  readonly wakes: string;
  /** Milliseconds that the other side still wants to be left alone. */
  readonly quietMs: number;
  readonly rows: DueRow[];
}

/** An endpoint as it is now, with what signs and whose rights count. */
export interface ServedEndpoint extends OwnerRow {
  readonly id: string;
  /** Of the endpoint, as its ETag has it. */
  readonly version: number;
  readonly url: string;
  readonly headers: string | null;
  readonly ratePerSecond: number | null;
  readonly ordered: boolean;
  readonly served: boolean;
  readonly removed: boolean;
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

// Rows of lanes are locked in one order by all who take several.
const RENEW = `
  with held as (
    select l.endpoint_id as id from unnest($1::uuid[], $2::bigint[]) as h(id, epoch)
      join webhook_lane l on l.endpoint_id = h.id and l.epoch = h.epoch and l.owner = $3
     order by l.endpoint_id for no key update of l)
  update webhook_lane l set held_until = now() + interval '${LANE_SECONDS} seconds' from held where l.endpoint_id = held.id
  returning l.endpoint_id as id`;

// What a restored backup still had to send waits for an operator; see \`log_restore\`.
const FREE = `(not d.held or not (select exists (select from log_restore where released_at is null)))`;
const ROW = `d.id, d.event_id, d.event_position, d.event_type, d.subject_id, d.test, d.failures, d.created_at, d.workspace_id,
  d.next_attempt_at`;

const FETCH = `
  select l.endpoint_id as lane, l.wakes::text, coalesce(extract(epoch from l.quiet_until - now()) * 1000, 0)::float8 as "quietMs",
         d.id, d.event_id as "eventId", d.event_position as position, d.event_type as type, d.subject_id as "subjectId", d.test,
         d.failures, d.created_at as "createdAt", d.workspace_id as "workspaceId", d.next_attempt_at <= now() as due
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
   order by l.endpoint_id, d.event_position, d.id`;

const EVENTS = `
  select e.id, e.version, e.subject_type as "subjectType", e.actor, e.occurred_at as "occurredAt", e.data
    from event e where e.position = any($1::bigint[])`;
/** Events are large at times: so many at once are in memory, until nothing but their bodies is. */
const EVENTS_AT_ONCE = 200;

type EventRow = Pick<ToldRow, 'version' | 'subjectType' | 'actor' | 'occurredAt' | 'data'> & { id: string };
type FoundRow = Omit<ToldRow, Exclude<keyof EventRow, 'id'>> &
  Omit<DueRow, 'told'> & { lane: string; wakes: string; quietMs: number; position: string };

/** Endpoints by their ids, `$1`, as a dispatcher needs them. */
export const ENDPOINTS = `
  select p.id, p.version, p.url, p.headers, p.rate_per_second as "ratePerSecond", p.ordered, p.state = 'enabled' and p.removed_at is null as served,
         p.removed_at is not null as removed,
         l.failing_since as "failingSince", ${OWNER_COLUMNS},
         (select jsonb_agg(jsonb_build_object('id', s.id, 'sealed', s.sealed) order by s.created_at desc) from webhook_secret s
           where s.endpoint_id = p.id and (s.expires_at is null or s.expires_at > now())) as secrets
    from webhook_endpoint p join webhook_lane l on l.endpoint_id = p.id ${OWNER_JOIN}
   where p.id = any($1::uuid[])`;

// A lane that was woken since its rows were read is not given back. In an ordered one the first decides when to look again.
const RELEASE = `
  with held as (
    select l.endpoint_id as id from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as h(id, epoch, wakes)
      join webhook_lane l on l.endpoint_id = h.id and l.epoch = h.epoch and l.owner = $4 and l.wakes = coalesce(h.wakes, l.wakes)
     order by l.endpoint_id for no key update of l),
  next as (
    select p.id, case
        when p.state <> 'enabled' or p.removed_at is not null then null
        when p.ordered then (select d.next_attempt_at from webhook_delivery d where d.endpoint_id = p.id and d.state = 'queued'
                                and ${FREE} order by d.event_position, d.id limit 1)
        else (select min(d.next_attempt_at) from webhook_delivery d where d.endpoint_id = p.id and d.state = 'queued' and ${FREE})
        end as at
      from held join webhook_endpoint p on p.id = held.id)
  update webhook_lane l set owner = null, held_until = null,
         due_at = case when next.at is null then null else greatest(next.at, l.quiet_until) end
    from next where l.endpoint_id = next.id
  returning l.endpoint_id as id`;

const ABANDON = `
  update webhook_lane l set owner = null, held_until = null, due_at = now()
    from unnest($1::uuid[], $2::bigint[]) as h(id, epoch) where l.endpoint_id = h.id and l.epoch = h.epoch and l.owner = $3`;

// Nothing waits for a poke that never came, or for a release of what was held, longer than this is apart. One look a lane: what has
// piled up in one of them costs nothing.
const SWEEP = `
  update webhook_lane l set due_at = now()
    from webhook_endpoint p
   where p.id = l.endpoint_id and p.state = 'enabled' and p.removed_at is null and l.owner is null and (l.due_at is null or l.due_at > now())
     and (l.quiet_until is null or l.quiet_until <= now()) and not (p.ordered and l.due_at is not null)
     and (select true from webhook_delivery d
           where d.endpoint_id = l.endpoint_id and d.state = 'queued' and d.next_attempt_at <= now() and ${FREE} limit 1)`;

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
  async fetch(wanted: readonly WantedRows[], owner: string): Promise<Map<string, ReadLane>> {
    const values = [...columns(wanted), wanted.map(({ n }) => n), owner];
    const found = await this.reads.all<FoundRow>('webhook lanes fetch', FETCH, values);
    const told = await this.told(found.filter(({ id, test }) => id !== null && !test));
    const lanes = new Map<string, ReadLane>();
    for (const { lane, wakes, quietMs, ...row } of found) {
      const known = lanes.get(lane) ?? { wakes, quietMs, rows: [] };
      if (row.id !== null) known.rows.push({ ...row, told: row.test ? example(row) : told.get(row.eventId) });
      lanes.set(lane, known);
    }
    return lanes;
  }

  /** The bodies of what happened, by the events' ids: one each, however many are told of it. */
  private async told(rows: readonly FoundRow[]): Promise<Map<string, Told>> {
    const first = new Map(rows.map((row) => [row.eventId, row]));
    const positions = [...first.values()].map(({ position }) => position);
    const told = new Map<string, Told>();
    for (let at = 0; at < positions.length; at += EVENTS_AT_ONCE) {
      const some = [positions.slice(at, at + EVENTS_AT_ONCE)];
      for (const { id, ...event } of await this.reads.all<EventRow>('webhook lanes events', EVENTS, some)) {
        const row = first.get(id);
        const whole = row && toldOf({ ...row, ...event });
        if (whole) told.set(id, new Told(() => whole));
      }
    }
    return told;
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

/** What a test tells of never happened. */
function example(row: Omit<ToldRow, Exclude<keyof EventRow, 'id'>>): Told {
  const none = { version: null, subjectType: null, actor: null, occurredAt: null, data: null };
  return new Told(() => toldOf({ ...row, ...none })!);
}
