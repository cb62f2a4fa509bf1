import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { RedisConnections } from '#platform/redis/index.js';
import { BullQueues } from './bull-queues.js';
import { JobSweeper } from './job-sweeper.js';
import { JobWorker } from './job-worker.js';
import { JobsConfig } from './jobs.config.js';

const REDIS_PATIENCE_MS = 1_000;

/** Starts and stops what runs jobs in this process: queues once Redis answers, then workers and sweeper if it plays the role. */
@Injectable()
export class JobService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('jobs');
  private readonly stopping = new AbortController();
  private main: Promise<void> = Promise.resolve();

  constructor(
    private readonly instance: InstanceConfig,
    private readonly config: JobsConfig,
    private readonly redis: RedisConnections,
    private readonly queues: BullQueues,
    private readonly worker: JobWorker,
    private readonly sweeper: JobSweeper,
  ) {}

  onApplicationBootstrap(): void {
    // Not awaited: the process serves while Redis is away.
    this.main = this.serve().catch((error: Error) => this.log.error(`Jobs do not run: ${error.message}`, error.stack));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.main;
    const closed = this.queues.close();
    const left = await this.worker.drain();
    if (left > 0) this.log.warn(`${left} running jobs did not stop in time; their leases bring them back.`);
    await closed;
  }

  private async serve(): Promise<void> {
    while (!this.stopped && !(await this.redis.alive())) await this.pause(REDIS_PATIENCE_MS);
    if (this.stopped) return;
    await this.queues.open();
    if (!this.instance.plays('workers')) return;
    this.queues.consume((ticket) => this.worker.work(ticket));
    while (!this.stopped) await this.pass();
  }

  private async pass(): Promise<void> {
    let found = 0;
    try {
      found = await this.sweeper.sweep();
    } catch (error) {
      this.log.warn(`Due jobs could not be looked for: ${(error as Error).message}`);
    }
    if (found === 0) await this.pause(this.config.sweepMs);
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined); // woken to stop
  }
}
