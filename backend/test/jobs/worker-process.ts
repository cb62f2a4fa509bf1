// A process of its own that runs jobs until somebody kills it. Compiled by `compiled-worker.ts`.
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { query, type EntityManager } from '#platform/database/index.js';
import { JobHandler, type RunningJob } from '#platform/jobs/index.js';
import { JobsProcess } from './jobs-process.js';

interface Work {
  /** Where each run is written down, before it works. */
  file: string;
  /** Milliseconds of work. */
  ms: number;
  [key: string]: string | number;
}

/** Writes its run into a file (the outside), works, and inserts a row (the inside). */
@JobHandler<Work>('killed', 'work', {
  leaseSeconds: 2,
  concurrency: 4,
  retry: { attempts: 50, firstDelayMs: 10, maxDelayMs: 50 },
})
export class WorkJob {
  async run({ id, attempt, payload }: RunningJob<Work>) {
    appendFileSync(payload.file, `${id} ${attempt}\n`);
    await sleep(payload.ms);
    return {
      apply: async (em: EntityManager) => void (await query(em, 'insert into worked values ($1, $2)', [id, attempt])),
    };
  }
}

if (process.argv[1]?.includes('worker-process')) {
  const env = JSON.parse(process.env['WORKER_ENV'] ?? '{}') as Record<string, string>;
  await JobsProcess.start(env, [WorkJob]);
  console.log('ready');
}
