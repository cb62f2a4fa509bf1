import { Injectable } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { blocked, query, transient, Transactions, type EntityManager } from '#platform/database/index.js';
import { Batches } from '#platform/batches/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { EndpointStops } from './endpoint-stops.js';
import type { DueRow } from './lane-store.js';
import { LONGEST_ASKED, retryDelay } from './retries.js';
import type { Attempt } from './sender.js';

/** An attempt that ended, and the lane that it must still belong to. */
export interface Ran {
  readonly row: DueRow;
  readonly lane: { readonly id: string; readonly epoch: string };
  readonly attempt: Attempt;
}

/** An endpoint whose every attempt has failed for so long is paused. */
const PATIENCE = 5 * 86_400_000;

// Written only while the lane is held and the delivery waits: what came too late changes nothing.
const STORE = `
  with ran as (
    select * from jsonb_to_recordset($1::jsonb) as r(id uuid, lane uuid, epoch bigint, outcome text, delay float8, started_at timestamptz,
           duration_ms int, status int, headers jsonb, body text, error text, version int)),
  done as (
    update webhook_delivery d
       set attempts = d.attempts + case r.outcome when 'dropped' then 0 else 1 end,
           failures = d.failures + case when r.outcome = 'delivered' then 0 else 1 end,
           state = case when r.outcome = 'delivered' then 'delivered' when r.delay is null then 'failed' else 'queued' end,
           next_attempt_at = case when r.delay is null then d.next_attempt_at else now() + make_interval(secs => r.delay) end,
           finished_at = case when r.delay is null then now() end,
           status = r.status, error = r.error, duration_ms = r.duration_ms
      from ran r join webhook_lane l on l.endpoint_id = r.lane and l.epoch = r.epoch
     where d.id = r.id and d.state = 'queued'
    returning d.id, d.attempts, d.endpoint_id, r.outcome, r.started_at, r.duration_ms, r.status, r.headers, r.body, r.error, r.version),
  kept as (
    insert into webhook_attempt (delivery_id, attempt, started_at, duration_ms, status, headers, body, error, endpoint_version)
    select id, attempts, started_at, duration_ms, status, headers, body, error, version from done where outcome <> 'dropped'
    on conflict do nothing)
  select id from done`;

// Touches a lane only when its health changes, or once an hour. The days of failure begin anew after so long without any that
// even the longest wait between two attempts of one delivery is over: one late failure ends nobody's patience.
const HEALTH = `
  with seen as (
    select lane, bool_and(not well) as bad from unnest($1::uuid[], $2::boolean[]) as s(lane, well) group by lane)
  update webhook_lane l
     set failing_since = case when not seen.bad then null
                              when l.failing_since is null or l.failed_at < now() - interval '30 hours' then now()
                              else l.failing_since end,
         failed_at = case when seen.bad then now() else l.failed_at end
    from seen where l.endpoint_id = seen.lane
     and case when seen.bad then l.failing_since is null or l.failed_at is null or l.failed_at < now() - interval '1 hour'
              else l.failing_since is not null end`;

// Nobody asks before, whichever process holds the lane then.
const QUIET = `
  update webhook_lane l set quiet_until = greatest(l.quiet_until, now() + make_interval(secs => q.seconds))
    from unnest($1::uuid[], $2::float8[]) as q(lane, seconds) where l.endpoint_id = q.lane`;

// What waits in a workspace that is closed is looked at again later.
const POSTPONE = `
  update webhook_delivery d set next_attempt_at = now() + interval '5 minutes' from workspace w
   where d.id = any($1::uuid[]) and d.state = 'queued' and w.id = d.workspace_id and w.suspension = 'closed'`;

/** Writes what came of attempts: many in one transaction, in which what follows from them is done too. */
@Injectable()
export class Results {
  private readonly batches: Batches<Ran, boolean>;

  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly stops: EndpointStops,
  ) {
    const strikesAll = (error: unknown) => transient(error) && !blocked(error);
    this.batches = new Batches((ran) => this.store(ran), { most: 500, strikesAll });
  }

  /** @returns false when it came too late: the lane is somebody else's, or the delivery is over */
  add(ran: Ran): Promise<boolean> {
    return this.batches.add(ran);
  }

  private store(ran: readonly Ran[]): Promise<boolean[]> {
    return this.transactions.run(async (em) => {
      const rows = ran.filter(sent).map((one) => ({ one, delay: delayOf(one) }));
      const done = await query<{ id: string }>(em, STORE, [JSON.stringify(rows.map(columns))]);
      const stored = new Set(done.map(({ id }) => id));
      const counted = ran.filter(({ row, attempt }) => stored.has(row.id) && attempt.outcome !== 'dropped');
      const withheld = ran.filter((one) => !sent(one));
      // What a person tries out says nothing about days.
      const real = counted.filter(({ row }) => !row.test);
      if (real.length > 0)
        await query(em, HEALTH, [
          real.map(({ lane }) => lane.id),
          real.map(({ attempt }) => attempt.outcome === 'delivered'),
        ]);
      const asked = counted.filter(({ attempt }) => quietSeconds(attempt) > 0);
      if (asked.length > 0) await query(em, QUIET, longest(asked));
      for (const { one, delay } of rows)
        if (stored.has(one.row.id) && one.attempt.outcome !== 'delivered' && delay === null) this.tellFailed(em, one);
      await this.stopEndpoints(em, counted);
      await this.withhold(em, withheld);
      return ran.map(({ row }) => stored.has(row.id));
    });
  }

  /** What every receiver of the endpoint must know at once: its address is gone, or it has failed for days. */
  private async stopEndpoints(em: EntityManager, ran: readonly Ran[]): Promise<void> {
    const gone = new Set(ran.filter(({ attempt }) => attempt.outcome === 'gone').map(({ lane }) => lane.id));
    const bad = [
      ...new Set(
        ran.filter(({ row, attempt }) => attempt.outcome === 'failed' && !row.test).map(({ lane }) => lane.id),
      ),
    ];
    if (gone.size + bad.length === 0) return;
    const tired = await query<{ id: string; since: string }>(
      em,
      `select endpoint_id as id, failing_since as since from webhook_lane
        where endpoint_id = any($1::uuid[]) and failing_since < now() - make_interval(secs => $2)`,
      [bad, PATIENCE / 1000],
    );
    for (const id of gone)
      await this.stops.stop(em, id, { state: 'disabled', reason: 'The address answered 410: it is gone.' });
    for (const { id, since } of tired)
      if (!gone.has(id)) {
        const reason = 'Every attempt has failed for five days.';
        await this.stops.stop(em, id, { state: 'paused', reason, failingSince: new Date(since) });
      }
  }

  /** Nobody may hear what waits: it stays, and its endpoint is paused. That a whole workspace is closed pauses nothing. */
  private async withhold(em: EntityManager, ran: readonly Ran[]): Promise<void> {
    if (ran.length === 0) return;
    await this.stops.pauseDeaf(
      em,
      ran.map(({ lane }) => lane.id),
    );
    await query(em, POSTPONE, [ran.map(({ row }) => row.id)]);
  }

  private tellFailed(em: EntityManager, { row, lane, attempt }: Ran): void {
    const { id: subjectId, workspaceId, eventId, type } = row;
    const data = { endpointId: lane.id, eventId, type, reason: attempt.error ?? '' };
    this.events.record(em, 'webhook_delivery.failed', { workspaceId, subjectId, actor: systemActor(), data });
  }
}

/** Seconds for which the other side wants to be asked nothing at all; 0 when it says nothing of that. At most a day. */
export function quietSeconds({ status, asked = 0 }: Attempt): number {
  return status === 429 || status === 503 ? Math.min(asked, LONGEST_ASKED) : 0;
}

/** By lane: an update changes a row once. */
function longest(ran: readonly Ran[]): [string[], number[]] {
  const seconds = new Map<string, number>();
  for (const { lane, attempt } of ran) seconds.set(lane.id, Math.max(seconds.get(lane.id) ?? 0, quietSeconds(attempt)));
  return [[...seconds.keys()], [...seconds.values()]];
}

/** False when it was left as it was. */
function sent({ attempt }: Ran): boolean {
  return attempt.outcome !== 'withheld';
}

/** Seconds to the next attempt; null when there is none. A test is tried once. */
function delayOf({ row, attempt }: Ran): number | null {
  if (attempt.outcome !== 'failed' || row.test) return null;
  return retryDelay(row.failures + 1, attempt.asked) ?? null;
}

function columns({ one: { row, lane, attempt }, delay }: { one: Ran; delay: number | null }): object {
  const { outcome, startedAt: started_at, durationMs: duration_ms, status, headers, body, error } = attempt;
  return {
    id: row.id,
    lane: lane.id,
    epoch: lane.epoch,
    outcome,
    delay,
    started_at,
    duration_ms,
    status,
    headers,
    body,
    error,
    version: attempt.endpointVersion,
  };
}
