import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { affected, afterCommit, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { RedisConnections } from '#platform/redis/index.js';
import { DEATH_WAIT } from './backoff.js';
import { BullQueues, type Ticket } from './bull-queues.js';
import { JobRegistry } from './job-registry.js';
import { JobsConfig } from './jobs.config.js';

/** The advisory lock of the one sweeper at a time: "signalbox jobs", hashed to a number once. */
const SWEEP_LOCK = 6_120_734_551;
const BATCH = 1_000;
/** A fresh job is announced by who enqueued it; only one that nobody took for this long concerns the sweeper. */
const GRACE = '1 second';
/** Redis may lose its last second of writes and still remember everything else. */
const LOST_AFTER = '30 seconds';
const KEEP_BATCH = 5_000;
const KEEP_EVERY_MS = 600_000;

/** Due jobs that nobody was told of, and those whose worker went silent. */
const SILENT = `
  (select id, queue, name, attempt + 1 as attempt from job
    where state = 'queued' and not held and announced_at is null and next_attempt_at <= now()
      and (attempt > 0 or created_at <= now() - interval '${GRACE}') and queue = any($1)
    order by next_attempt_at limit ${BATCH})
  union all
  (select id, queue, name, attempt + 1 from job
    where state = 'running' and announced_at is null and lease_until < now() - ${DEATH_WAIT} and queue = any($1)
    order by lease_until limit ${BATCH})`;

/** The same, told of to a Redis that may have lost it. */
const FORGOTTEN = `
  select id, queue, name, attempt + 1 as attempt from job
   where announced_at is not null and queue = any($1)
     and (announced_epoch is distinct from $2 or announced_at < now() - interval '${LOST_AFTER}')
     and state in ('queued', 'running') and not held and coalesce(lease_until, next_attempt_at) <= now()
   order by announced_at limit ${BATCH}`;

const MARK = `
  update job set announced_at = now(), announced_epoch = $3
    from unnest($1::uuid[], $2::int[]) as t(id, attempt)
   where job.id = t.id and job.attempt = t.attempt - 1 and state in ('queued', 'running')`;

const EXPIRE = `
  delete from job where id in (
    select id from job where state in ('done', 'cancelled') and finished_at < now() - make_interval(days => $1) limit ${KEEP_BATCH})`;

/**
 * Finds due jobs that have no Bull job and announces them, so that what Redis lost, or never got, runs all the same.
 * Announcing twice is harmless: Bull keeps one job per attempt, and the claim lets one worker win.
 */
@Injectable()
export class JobSweeper {
  private readonly log = new Logger('jobs');
  private keptAt = 0;
  private lookedBackAt = 0;
  private lastEpoch = '';

  constructor(
    private readonly transactions: Transactions,
    private readonly queues: BullQueues,
    private readonly redis: RedisConnections,
    private readonly registry: JobRegistry,
    private readonly config: JobsConfig,
  ) {}

  /**
   * One pass, unless another process is at it.
   *
   * @returns how many jobs it announced
   * @throws Error when the database or Redis is away
   */
  async sweep(): Promise<number> {
    if (!this.queues.ready) return 0;
    const epoch = await this.epoch();
    return this.transactions.run(async (em) => {
      const [lock] = await query<{ held: boolean }>(em, 'select pg_try_advisory_xact_lock($1) as held', [SWEEP_LOCK]);
      if (!lock?.held) return 0;
      const silent = await this.announce(em, SILENT, epoch);
      const forgotten = await this.lookBack(em, epoch);
      await this.expire(em);
      return silent + forgotten;
    });
  }

  /** Looks for announcements that Redis lost: at once when it was wiped or restarted, else now and then. */
  private async lookBack(em: EntityManager, epoch: string): Promise<number> {
    const now = performance.now();
    if (epoch === this.lastEpoch && now - this.lookedBackAt < this.config.sweepMs * 5) return 0;
    const found = await this.announce(em, FORGOTTEN, epoch);
    if (found < BATCH) {
      this.lastEpoch = epoch;
      this.lookedBackAt = now;
    }
    return found;
  }

  private async announce(em: EntityManager, text: string, epoch: string): Promise<number> {
    const queues = [...this.registry.queues().keys()];
    const values = text === FORGOTTEN ? [queues, epoch] : [queues];
    const tickets = await query<Ticket>(em, text, values);
    if (tickets.length === 0) return 0;
    const { one = [], several = [] } = Object.groupBy(tickets, (t) => (this.registry.batched(t) ? 'several' : 'one'));
    // Into Redis first: a mark without a Bull job would hide the job for a while.
    await this.queues.add(one);
    await query(em, MARK, [tickets.map((t) => t.id), tickets.map((t) => t.attempt), epoch]);
    // Who takes several at a time passes over rows that are locked, as these are until the commit.
    afterCommit(em, several, () => this.queues.announce(several));
    return tickets.length;
  }

  /** What changes when Redis is wiped (a key of ours is gone) or restarted (its run id is another). */
  private async epoch(): Promise<string> {
    const redis = this.redis.get('jobs');
    const key = `${this.redis.prefix}:jobs:epoch`;
    await redis.set(key, randomUUID(), 'NX');
    const [mark, about] = await Promise.all([redis.get(key), redis.info('server')]);
    return `${mark}/${/run_id:(\w+)/.exec(about)?.[1] ?? ''}`;
  }

  private async expire(em: EntityManager): Promise<void> {
    const now = performance.now();
    if (this.keptAt > 0 && now - this.keptAt < KEEP_EVERY_MS) return;
    const gone = await affected(em, EXPIRE, [this.config.keepDays]);
    if (gone > 0) this.log.log(`${gone} finished jobs older than ${this.config.keepDays} days are removed.`);
    if (gone < KEEP_BATCH) this.keptAt = now;
  }
}
