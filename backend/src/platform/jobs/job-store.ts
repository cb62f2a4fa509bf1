import { Injectable } from '@nestjs/common';
import { affected, query, Transactions, type EntityManager } from '#platform/database/index.js';
import type { Ticket } from './bull-queues.js';
import type { JobKind } from './job-registry.js';
import type { JsonObject } from './job.types.js';
import { JobsConfig } from './jobs.config.js';

/** A job that this worker holds for one attempt. */
export interface ClaimedJob {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly attempt: number;
  /** Failed runs so far. */
  readonly failures: number;
  /** Runs so far whose worker died or froze. */
  readonly deaths: number;
  readonly payload: JsonObject;
  readonly workspace_id: string | null;
  readonly destination: string | null;
}

/** What a claim gives back. */
const CLAIMED = 'id, queue, name, attempt, failures, deaths, payload, workspace_id, destination';

/** An attempt: what a result must still match to be written. */
export type Attempt = Pick<ClaimedJob, 'id' | 'attempt'>;

// One statement decides: of several workers with one ticket the first changes the row, the others no longer match. An
// open circuit refuses the claim; once its time is over, the claim that moves `open_until` on is the one probe. A destination
// that has enough under way ($5) refuses it too; two claims at once may both see the last place, which does no harm. A job whose
// worker died had its place already.
const CLAIM = `
  with target as (select id, destination, state from job where id = $1),
  busy as (
    select from target t
     where $5::int is not null and t.state = 'queued'
       and (select count(*) from (
              select from job r where r.destination = t.destination and r.state = 'running' and r.lease_until > now() limit $5
            ) as under_way) >= $5::int),
  probe as (
    update job_circuit c set open_until = now() + make_interval(secs => $4), probe = t.id, changed_at = now()
      from target t
     where c.destination = t.destination and c.open_until <= now() and not exists (select from busy)
       and exists (select from job j where j.id = t.id and j.attempt = $2 - 1 and j.state in ('queued', 'running') and not j.held)
    returning c.destination),
  blocked as (
    select from target t join job_circuit c using (destination)
     where c.open_until is not null and not exists (select from probe))
  update job
     set state = 'running', attempt = attempt + 1, deaths = deaths + case when state = 'running' then 1 else 0 end,
         lease_until = now() + make_interval(secs => $4), lease_owner = $3, started_at = now(), announced_at = null, waits_for_circuit = false
   where id = $1 and attempt = $2 - 1 and not held
     and (state = 'queued' and next_attempt_at <= now() or state = 'running' and lease_until < now())
     and not exists (select from blocked) and not exists (select from busy)
  returning ${CLAIMED}`;

// Rows that another worker is taking are left to it.
const CLAIM_FRESH = `
  with due as materialized (
    select id from job
     where queue = $1 and name = $2 and state = 'queued' and attempt = 0 and not held and next_attempt_at <= now()
     order by next_attempt_at limit $3 for update skip locked)
  update job
     set state = 'running', attempt = 1, lease_until = now() + make_interval(secs => $5), lease_owner = $4, started_at = now(),
         announced_at = null, waits_for_circuit = false
    from due where job.id = due.id
  returning ${CLAIMED.replaceAll(/\w+/g, 'job.$&')}`;

const WAIT_FOR_EACH_SECONDS = 0.4;
const WAITING_COUNTED = 1_000;

// A due job whose claim was refused waits for its circuit, or, when that closed meanwhile, a moment: Bull must forget this
// ticket before the same one can be announced again. While a probe runs, `open_until` is its lease: who waits then looks
// again soon, for the probe may fail and another must try. Those who wait for a busy destination look again the less often the
// more they are, so that all of them together ask some five times a second for each of its places: who leaves one wakes the next.
const WAIT = `
  update job j
     set next_attempt_at = greatest(now() + interval '0.5 seconds',
           case when c.probe is null then c.open_until else least(c.open_until, now() + make_interval(secs => $3)) end)
           + random() * make_interval(secs => greatest(1, waiting.n * ${WAIT_FOR_EACH_SECONDS} / $4::int)),
         waits_for_circuit = c.destination is not null or $4::int is not null, announced_at = null
    from job t
    left join job_circuit c on c.destination = t.destination and c.open_until > now()
    left join lateral (
      select count(*)::float8 as n
        from (select from job q where q.destination = t.destination and q.state = 'queued' limit ${WAITING_COUNTED}) as few
    ) as waiting on $4::int is not null and c.destination is null
   where t.id = $1 and j.id = t.id and j.attempt = $2 - 1 and j.state = 'queued' and not j.held and j.next_attempt_at <= now()`;

/** Jobs that waited for a circuit that just closed; spread over a second, so that they do not come all at once. */
const WAKE = `
  update job j
     set next_attempt_at = least(j.next_attempt_at, now() + interval '0.5 seconds' + random() * interval '1 second'),
         waits_for_circuit = false, announced_at = null
    from closed
   where closed.open_until is not null and j.waits_for_circuit and j.destination = closed.destination and j.state = 'queued'`;

/** The oldest job that waits for a place at its destination, when one was left. */
const NEXT = `
  update job set next_attempt_at = now(), waits_for_circuit = false
   where id = (
     select id from job where destination = $1 and state = 'queued' and waits_for_circuit and not held
      order by id limit 1 for update skip locked)
  returning queue, name, id, attempt + 1 as attempt`;

const RENEW = `
  update job set lease_until = now() + make_interval(secs => $3)
   where id = $1 and attempt = $2 and state = 'running'`;

/** A probe that asked nobody decided nothing: the next claim is the probe. */
const PASS = `update job_circuit set probe = null, open_until = now(), changed_at = now() where open_until is not null`;

const FINISH = `
  with finished as (
    update job set state = 'done', result = ran.result, last_error = null, lease_until = null, lease_owner = null,
           finished_at = now()
      from unnest($1::uuid[], $2::int[], $3::jsonb[], $4::boolean[]) as ran(id, attempt, result, asked)
     where job.id = ran.id and job.attempt = ran.attempt and state = 'running'
    returning job.id, destination, ran.asked),
  passed as (${PASS} and probe in (select id from finished where not asked)),
  closed as (
    delete from job_circuit where destination in (select destination from finished where asked)
    returning destination, open_until),
  woken as (${WAKE})
  select id from finished`;

const RESCHEDULE = `
  update job set state = 'queued', failures = failures + $5, last_error = $4, lease_until = null, lease_owner = null,
         next_attempt_at = now() + make_interval(secs => $3), announced_at = null
   where id = $1 and attempt = $2 and state = 'running'`;

const PARK = `
  update job set state = 'parked', failures = failures + 1, last_error = $3, lease_until = null, lease_owner = null
   where id = $1 and attempt = $2 and state = 'running'`;

// The circuit opens at the threshold and again when its probe fails; what else fails meanwhile began before it opened.
const BLAME = `
  insert into job_circuit as c (destination, failures, trips, open_until, last_error)
  values ($1, 1, case when $3 <= 1 then 1 else 0 end, case when $3 <= 1 then now() + make_interval(secs => $4) end, $5)
  on conflict (destination) do update set
    failures = c.failures + 1, last_error = excluded.last_error, changed_at = now(), probe = null,
    trips = case when c.failures + 1 >= $3 and (c.open_until is null or c.probe = $2) then c.trips + 1 else c.trips end,
    open_until = case when c.failures + 1 >= $3 and (c.open_until is null or c.probe = $2)
      then now() + make_interval(secs => least($4 * 2 ^ least(c.trips, 30), $6)) * (0.75 + random() / 2) else c.open_until end`;

const CLOSE = `with closed as (delete from job_circuit where destination = $1 returning destination, open_until) ${WAKE}`;

const LONGEST_ERROR = 2_000;

/** The statements that move a job from state to state. Time is the database's own. */
@Injectable()
export class JobStore {
  constructor(
    private readonly transactions: Transactions,
    private readonly config: JobsConfig,
  ) {}

  /** Takes the attempt that the ticket names; undefined when it is taken, over, held, not due, or its destination busy or given up. */
  async claim(
    { id, attempt }: Ticket,
    owner: string,
    { leaseSeconds, perDestination }: Pick<JobKind, 'leaseSeconds' | 'perDestination'>,
  ): Promise<ClaimedJob | undefined> {
    const em = this.transactions.reader();
    const most = perDestination ?? null;
    const [claimed] = await query<ClaimedJob>(em, CLAIM, [id, attempt, owner, leaseSeconds, most]);
    if (!claimed) await query(em, WAIT, [id, attempt, this.config.circuitFirstMs / 1000, most]);
    return claimed;
  }

  /** Ends the wait of the oldest job that waits for a place at the destination. @returns its ticket */
  async next(destination: string): Promise<Ticket[]> {
    return query<Ticket>(this.transactions.reader(), NEXT, [destination]);
  }

  /** Takes jobs of a kind that never ran, the oldest first. */
  async claimFresh({ queue, name, batch, leaseSeconds }: JobKind, owner: string): Promise<ClaimedJob[]> {
    return query<ClaimedJob>(this.transactions.reader(), CLAIM_FRESH, [queue, name, batch, owner, leaseSeconds]);
  }

  /** @returns false when the attempt no longer holds the job */
  async renew({ id, attempt }: Attempt, leaseSeconds: number): Promise<boolean> {
    return (await affected(this.transactions.reader(), RENEW, [id, attempt, leaseSeconds])) > 0;
  }

  /** Marks jobs done and closes the circuits of the destinations that were asked. @returns the ids of those whose attempt still held the job */
  async finish(
    em: EntityManager,
    ran: readonly (Attempt & { result?: JsonObject; asked?: boolean })[],
  ): Promise<Set<string>> {
    const results = ran.map(({ result }) => (result ? JSON.stringify(result) : null));
    const done = await query<{ id: string }>(em, FINISH, [
      ran.map((r) => r.id),
      ran.map((r) => r.attempt),
      results,
      ran.map((r) => r.asked ?? true),
    ]);
    return new Set(done.map(({ id }) => id));
  }

  /** Queues the job again. `counts` says whether this was a failed run. */
  async reschedule({ id, attempt }: Attempt, delayMs: number, reason: string, counts: boolean): Promise<void> {
    const values = [id, attempt, delayMs / 1000, storable(reason), counts ? 1 : 0];
    await query(this.transactions.reader(), RESCHEDULE, values);
  }

  /** Parks the job. @returns false when the attempt no longer holds it */
  async park(em: EntityManager, { id, attempt }: Attempt, reason: string): Promise<boolean> {
    return (await affected(em, PARK, [id, attempt, storable(reason)])) > 0;
  }

  /** Counts a failure of the destination and opens its circuit at the threshold. */
  async blame(destination: string, jobId: string, reason: string): Promise<void> {
    const { circuitFailures, circuitFirstMs, circuitLongestMs } = this.config;
    const values = [
      destination,
      jobId,
      circuitFailures,
      circuitFirstMs / 1000,
      storable(reason),
      circuitLongestMs / 1000,
    ];
    await query(this.transactions.reader(), BLAME, values);
  }

  /** Ends a probe that says nothing about the destination. */
  async pass(destination: string, jobId: string): Promise<void> {
    const text = `${PASS} and destination = $1 and probe = $2`;
    await query(this.transactions.reader(), text, [destination, jobId]);
  }

  /** Closes the destination's circuit and wakes those who waited for it. */
  async absolve(destination: string): Promise<void> {
    await query(this.transactions.reader(), CLOSE, [destination]);
  }
}

/** Text that PostgreSQL takes: no null characters, bounded. */
function storable(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST_ERROR);
}
