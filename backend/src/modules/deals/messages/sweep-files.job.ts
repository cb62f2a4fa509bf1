import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Reads, Transactions, type EntityManager } from '#platform/database/index.js';
import { Enqueues, JobHandler, Jobs, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { Storage } from '#platform/storage/index.js';
import { ABANDONED_AFTER_MS, madeAt, MESSAGE_FILES, messageOfKey } from './message-files.js';

/** Which day's sweep it is: whole days since 1970, UTC. */
export type SweepFilesPayload = { day: number };

const DAY_MS = 86_400_000;
/** Files looked up by one statement; as many keys are in memory. */
const BATCH = 1_000;

const NAMED = `select storage_key as key from message where id = any($1::uuid[])`;

/**
 * Removes the files of messages whose row never came to be: the process was killed in between, or the row was refused. Only
 * files older than a day, when nothing that is on its way in may name them any more (`LONGEST_INTAKE_MS`).
 */
@JobHandler<SweepFilesPayload>('deals', 'sweep-files', { concurrency: 1 })
@Enqueues('deals.sweep-files')
export class SweepFilesJob implements JobRunner<SweepFilesPayload> {
  private readonly log = new Logger('messages');

  constructor(
    private readonly reads: Reads,
    private readonly storage: Storage,
    private readonly jobs: Jobs,
  ) {}

  async run({ payload: { day }, signal }: RunningJob<SweepFilesPayload>): Promise<JobOutcome> {
    const removed = await this.sweep(signal);
    if (removed > 0) this.log.log(`${removed} files that no message names are removed.`);
    return { result: { removed }, apply: (em) => this.again(em, day) };
  }

  async parked({ payload: { day } }: { payload: SweepFilesPayload }, _error: Error, em: EntityManager): Promise<void> {
    await this.again(em, day);
  }

  /** @returns how many files it removed */
  async sweep(signal?: AbortSignal): Promise<number> {
    if (!(await this.knowsMessages())) return 0;
    const youngest = Date.now() - ABANDONED_AFTER_MS;
    let removed = 0;
    let files = new Map<string, string>();
    for await (const key of this.storage.list(MESSAGE_FILES)) {
      const id = messageOfKey(key);
      if (id && madeAt(id) < youngest) files.set(key, id);
      if (files.size < BATCH) continue;
      signal?.throwIfAborted();
      removed += await this.removeUnnamed(files);
      files = new Map();
    }
    return removed + (await this.removeUnnamed(files));
  }

  /** A database without any message beside files of messages is more likely the wrong one than one that lost them all. */
  private async knowsMessages(): Promise<boolean> {
    return (await this.reads.all('messages.any', 'select id from message limit 1', [])).length > 0;
  }

  private async removeUnnamed(files: ReadonlyMap<string, string>): Promise<number> {
    if (files.size === 0) return 0;
    const ids = [...new Set(files.values())];
    const named = new Set(
      (await this.reads.all<{ key: string }>('messages.named', NAMED, [ids])).map(({ key }) => key),
    );
    const unnamed = [...files.keys()].filter((key) => !named.has(key));
    for (const key of unnamed) await this.storage.delete(key);
    return unnamed.length;
  }

  private async again(em: EntityManager, day: number): Promise<void> {
    const next = Math.max(day, Math.floor(Date.now() / DAY_MS)) + 1;
    await schedule(this.jobs, em, next, new Date(next * DAY_MS));
  }
}

/** Sees to it that files are swept when a process starts, and every day from then on. */
@Injectable()
export class SweepSchedule implements OnApplicationBootstrap {
  constructor(
    private readonly transactions: Transactions,
    private readonly jobs: Jobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.transactions.run((em) => schedule(this.jobs, em, Math.floor(Date.now() / DAY_MS)));
  }
}

async function schedule(jobs: Jobs, em: EntityManager, day: number, runAt?: Date): Promise<void> {
  await jobs.enqueue(em, { queue: 'deals', name: 'sweep-files', key: String(day), payload: { day }, runAt });
}
