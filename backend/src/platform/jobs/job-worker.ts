import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { traced } from '#platform/telemetry/index.js';
import { Secrets } from '#platform/crypto/index.js';
import { transient, Transactions, type EntityManager } from '#platform/database/index.js';
import { backoff, MAX_DEATHS } from './backoff.js';
import { BullQueues, type Ticket } from './bull-queues.js';
import { JobGroup, type Finished } from './job-group.js';
import { JobMeasures } from './job-measures.js';
import { JobRegistry, type JobKind } from './job-registry.js';
import { JobStore, type ClaimedJob } from './job-store.js';
import { PermanentFailure, ResultNotStored, RetryLater, verdictOf } from './job.errors.js';
import type { JobOutcome, JsonObject, RunningJob } from './job.types.js';
import { payloadContext } from './jobs.js';
import { JobsConfig } from './jobs.config.js';
import { Lease } from './lease.js';

const STORE_TRIES = 12;
const STORE_FIRST_MS = 50;
const STORE_LONGEST_MS = 3_000;

/** Runs jobs: claims the attempt that a ticket names, calls the handler, writes what came of it. */
@Injectable()
export class JobWorker {
  private readonly log = new Logger('jobs');
  private readonly owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  private readonly running = new Map<Promise<void>, Lease>();
  private readonly groups = new Map<JobKind, JobGroup>();
  private stopping = false;

  constructor(
    private readonly registry: JobRegistry,
    private readonly store: JobStore,
    private readonly transactions: Transactions,
    private readonly secrets: Secrets,
    private readonly config: JobsConfig,
    private readonly measures: JobMeasures,
    private readonly queues: BullQueues,
  ) {}

  /**
   * Runs what the ticket names, unless another did; of a kind that is taken several at a time, everything that never ran. Never
   * throws: what cannot be written now, the lease brings back.
   */
  async work(ticket: Ticket): Promise<void> {
    const kind = this.registry.find(ticket.queue, ticket.name);
    if (!kind || this.stopping) return; // a newer process may know the kind; the sweeper tells it
    try {
      if (this.registry.batched(ticket)) return await this.groupOf(kind).wake();
      const claimed = await persistently(() => this.store.claim(ticket, this.owner, kind));
      const store: StoreResult = async (finished) => (await this.finish(kind, [finished]))[0]!;
      if (!claimed) return;
      await this.hold(kind, claimed, store);
      if (kind.perDestination && claimed.destination) await this.next(claimed.destination);
    } catch (error) {
      this.leave(kind, ticket.id, error);
    }
  }

  /** Gives the place that was left at a destination to who waits for one; without that they look for it by and by. */
  private async next(destination: string): Promise<void> {
    try {
      this.queues.announce(await this.store.next(destination));
    } catch (error) {
      this.log.debug(`Who waits for ${destination} is left to the sweeper: ${asError(error).message}`);
    }
  }

  /** Tells running jobs to stop and waits for them, for a bounded time. @returns how many still ran */
  async drain(): Promise<number> {
    this.stopping = true;
    for (const lease of this.running.values()) lease.stop('The process is stopping.');
    const late = sleep(this.config.drainMs, undefined, { ref: false });
    await Promise.race([Promise.allSettled(this.running.keys()), late]);
    for (const lease of this.running.values()) lease.release();
    return this.running.size;
  }

  private groupOf(kind: JobKind): JobGroup {
    const known = this.groups.get(kind);
    if (known) return known;
    const group: JobGroup = new JobGroup(kind, {
      take: () => persistently(() => this.store.claimFresh(kind, this.owner)),
      run: (claimed) => this.held(kind, claimed, (finished) => group.finish(finished)),
      store: (finished) => this.finish(kind, finished),
      stopping: () => this.stopping,
      gaveUp: (error) => this.log.error(`Jobs (${kind.kind}) are left to the sweeper: ${asError(error).message}`),
    });
    this.groups.set(kind, group);
    return group;
  }

  /** Runs a job of a group: what goes wrong with it is no matter of the others. */
  private async held(kind: JobKind, claimed: ClaimedJob, store: StoreResult): Promise<void> {
    await this.hold(kind, claimed, store).catch((error: unknown) => this.leave(kind, claimed.id, error));
  }

  private leave(kind: JobKind, id: string, error: unknown): void {
    this.log.error(`Job ${id} (${kind.kind}) is left to its lease: ${asError(error).message}`);
  }

  private async hold(kind: JobKind, claimed: ClaimedJob, store: StoreResult): Promise<void> {
    const lease = new Lease(this.store, claimed, kind.leaseSeconds);
    const run = this.run(kind, claimed, lease, store).finally(() => {
      lease.release();
      this.running.delete(run);
    });
    this.running.set(run, lease);
    await run;
  }

  private async run(kind: JobKind, claimed: ClaimedJob, lease: Lease, store: StoreResult): Promise<void> {
    const end = this.measures.started(kind.kind);
    const job = { id: claimed.id, attempt: claimed.attempt, workspaceId: claimed.workspace_id, signal: lease.signal };
    let running: RunningJob | undefined;
    let outcome: JobOutcome;
    try {
      const given: RunningJob = { ...job, payload: this.payloadOf(kind, claimed) };
      const { runner } = kind;
      running = given;
      if (claimed.deaths >= MAX_DEATHS)
        throw new PermanentFailure(`The process died ${claimed.deaths} times while it ran this job.`);
      outcome = (await traced(kind.kind, { 'signalbox.job': claimed.id }, () => runner.run(given))) ?? {};
    } catch (error) {
      return end(await this.fail(kind, claimed, running, lease.signal, asError(error)));
    }
    try {
      end((await persistently(() => store({ claimed, outcome }))) ? 'done' : 'lost');
    } catch (error) {
      if (transient(error)) throw error;
      end(await this.fail(kind, claimed, running, lease.signal, new ResultNotStored(asError(error))));
    }
  }

  /** Writes results and their effects in one transaction. @returns for each, whether its attempt still held the job */
  private async finish(kind: JobKind, finished: readonly Finished[]): Promise<boolean[]> {
    const held = await this.transactions.run(async (em) => {
      const ran = finished.map(({ claimed: { id, attempt }, outcome: { result, asked } }) => ({
        id,
        attempt,
        result,
        asked,
      }));
      const ids = await this.store.finish(em, ran);
      for (const { claimed, outcome } of finished) if (ids.has(claimed.id)) await outcome.apply?.(em);
      return ids;
    });
    return finished.map(({ claimed: { id, attempt } }) => {
      if (!held.has(id)) this.log.warn(`Job ${id} (${kind.kind}), attempt ${attempt}: the result came too late.`);
      return held.has(id);
    });
  }

  private async fail(
    kind: JobKind,
    claimed: ClaimedJob,
    job: RunningJob | undefined,
    signal: AbortSignal,
    error: Error,
  ): Promise<Outcome> {
    if (signal.aborted && !(error instanceof PermanentFailure)) {
      await persistently(() => this.store.reschedule(claimed, 0, error.message, false));
      return 'stopped';
    }
    const failures = claimed.failures + 1;
    const permanent = error instanceof PermanentFailure;
    await this.judge(claimed, error);
    if (permanent || failures >= kind.retry.attempts) {
      await this.park(kind, claimed, job, error);
      return 'parked';
    }
    const asked = error instanceof RetryLater ? (error.afterSeconds ?? 0) * 1000 : 0;
    const delay = asked + backoff(kind.retry, failures);
    await persistently(() => this.store.reschedule(claimed, delay, error.message, true));
    const line = `Job ${claimed.id} (${kind.kind}) failed ${failures} of ${kind.retry.attempts} times, again in ${Math.round(delay / 1000)} s: ${error.message}`;
    if (error instanceof RetryLater) this.log.debug(line);
    else this.log.warn(line);
    return 'retried';
  }

  /** Only what the destination did moves its circuit: a job that failed before it was asked says nothing of it. */
  private async judge({ id, destination }: ClaimedJob, error: Error): Promise<void> {
    if (!destination) return;
    const verdict = verdictOf(error);
    await persistently(() => {
      if (verdict === 'answered') return this.store.absolve(destination);
      if (verdict === 'nothing') return this.store.pass(destination, id);
      return this.store.blame(destination, id, error.message);
    });
  }

  private async park(kind: JobKind, claimed: ClaimedJob, job: RunningJob | undefined, error: Error): Promise<void> {
    const parked = kind.runner.parked?.bind(kind.runner);
    const tell = async (em: EntityManager) => (job && parked ? parked(job, error, em) : undefined);
    const park = (reason: string, told: (em: EntityManager) => Promise<void>) =>
      persistently(() =>
        this.transactions.run(async (em) => {
          if (await this.store.park(em, claimed, reason)) await told(em);
        }),
      );
    try {
      await park(error.message, tell);
    } catch (fault) {
      if (transient(fault)) throw fault;
      await park(`${error.message} (and parked() failed: ${asError(fault).message})`, async () => undefined);
    }
    this.log.error(`Job ${claimed.id} (${kind.kind}) is parked: ${error.message}`);
  }

  private payloadOf(kind: JobKind, { id, payload }: ClaimedJob): JsonObject {
    if (!kind.sealPayload) return payload;
    try {
      return JSON.parse(this.secrets.open(String(payload['sealed']), payloadContext(id))) as JsonObject;
    } catch (error) {
      throw new PermanentFailure(`The sealed payload cannot be opened: ${asError(error).message}`, { cause: error });
    }
  }
}

/** Stores what a run gave. @returns whether the attempt still held the job */
type StoreResult = (finished: Finished) => Promise<boolean>;

/** What came of a run, for the measures. */
export type Outcome = 'done' | 'retried' | 'parked' | 'stopped' | 'lost';

/**
 * Repeats a write while the database is away: what the outside has done already should be written, not done again. All
 * writes are fenced by the attempt, so that a late one changes nothing.
 */
async function persistently<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= STORE_TRIES || !transient(error)) throw error;
      await sleep(Math.min(STORE_LONGEST_MS, STORE_FIRST_MS * 2 ** tries));
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
