import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { query, type EntityManager } from '#platform/database/index.js';
import { RedisConfig } from '#platform/redis/index.js';
import { readConfig } from '#platform/config/index.js';
import { compileWorker, type CompiledWorker } from '#test/jobs/compiled-worker.js';
import { eventually, JobsProcess } from '#test/jobs/jobs-process.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { startRedis } from '../../../../scripts/lib/redis.mjs';
import { JobStore } from './job-store.js';
import { JobHandler, Jobs, RetryLater, type RunningJob } from './index.js';

const ran = new Map<string, number>();
const count = (id: string) => ran.set(id, (ran.get(id) ?? 0) + 1);

@JobHandler<{ ms: number }>('fault', 'work', {
  leaseSeconds: 5,
  concurrency: 8,
  retry: { attempts: 30, firstDelayMs: 10, maxDelayMs: 50 },
})
class WorkJob {
  async run({ id, attempt, payload }: RunningJob<{ ms: number }>) {
    count(id);
    await sleep(payload.ms);
    return {
      apply: async (em: EntityManager) => void (await query(em, 'insert into worked values ($1, $2)', [id, attempt])),
    };
  }
}

const far = { down: true, calls: 0 };
@JobHandler('fault', 'call', {
  concurrency: 4,
  destination: () => 'far.example',
  retry: { attempts: 4, firstDelayMs: 5, maxDelayMs: 10 },
})
class CallJob {
  async run() {
    far.calls++;
    if (far.down) throw new RetryLater('it does not answer');
  }
}

const stopping = { aborted: [] as string[] };
@JobHandler<{ obeys: boolean }>('fault', 'stay', { leaseSeconds: 2 })
class StayJob {
  async run({ id, payload, signal }: RunningJob<{ obeys: boolean }>) {
    count(id);
    signal.addEventListener('abort', () => stopping.aborted.push(id));
    await sleep(30_000, undefined, payload.obeys ? { signal } : { ref: false });
  }
}

const handlers = [WorkJob, CallJob, StayJob];
let folder: string;
let redis: Awaited<ReturnType<typeof startRedis>>;
let instance: TestInstance;
let worker: CompiledWorker;
let env: Record<string, string>;
const open = new Set<{ close(): Promise<void> }>();

async function start(more: Record<string, string> = {}): Promise<JobsProcess> {
  const made = await JobsProcess.start({ ...env, ...more }, handlers);
  open.add(made);
  return made;
}

async function enqueue(jobs: JobsProcess, n: number, ms: number): Promise<string[]> {
  const many = Array.from({ length: n }, () => ({ queue: 'fault', name: 'work', payload: { ms } }));
  return jobs.transactions.run((em) => jobs.app.get(Jobs).enqueueAll(em, many));
}

/** Waits until all are done and sees that each took effect once. */
async function done(jobs: JobsProcess, ids: string[]): Promise<void> {
  await eventually(
    async () => (await jobs.sql(`select from job where id = any($1) and state <> 'done'`, [ids])).length === 0,
  );
  const effects = await jobs.sql<{ id: string; n: string }>(
    'select id, count(*) as n from worked where id = any($1) group by id',
    [ids],
  );
  expect(effects).toHaveLength(ids.length);
  expect(effects.filter(({ n }) => n !== '1')).toEqual([]);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-faults-'));
  redis = await startRedis({ dir: join(folder, 'redis') });
  instance = await testInstance();
  env = { ...instance.env, REDIS_URL: redis.url, SIGNALBOX_DATABASE_POOL: '4' };
  worker = compileWorker();
  const jobs = await start();
  await jobs.sql('create table worked (id uuid, attempt int)');
  await jobs.close();
  open.clear();
}, 60_000);
afterEach(async () => {
  await Promise.all([...open].map((jobs) => jobs.close()));
  open.clear();
}, 60_000);
afterAll(async () => {
  worker.dispose();
  await redis.stop();
  await instance.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('eight workers', () => {
  it('give one ticket to one of them', async () => {
    const jobs = await start({ SIGNALBOX_ROLES: 'api' });
    const [id] = await enqueue(jobs, 1, 0);
    const store = jobs.app.get(JobStore);
    const ticket = { queue: 'fault', name: 'work', id: id!, attempt: 1 };
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, i) => store.claim(ticket, `w${i}`, { leaseSeconds: 60 })),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await jobs.row(id!)).toMatchObject({ state: 'running', attempt: 1 });
    await jobs.sql('delete from job');
  });

  it('run three hundred jobs once each', async () => {
    const workers = await Promise.all(Array.from({ length: 8 }, () => start()));
    const ids = await enqueue(workers[0]!, 300, 5);
    await done(workers[0]!, ids);
    expect(ids.filter((id) => ran.get(id) !== 1)).toEqual([]);
  }, 120_000);
});

describe('a worker', () => {
  const runsOf = (file: string) =>
    readFileSync(file, { encoding: 'utf8', flag: 'a+' }).trim().split('\n').filter(Boolean);
  const work = (jobs: JobsProcess, file: string, ms: number) =>
    jobs.enqueue({ queue: 'killed', name: 'work', payload: { file, ms } });
  const enqueuer = async () => {
    const { WorkJob: Killed } = await import('#test/jobs/worker-process.js');
    const jobs = await JobsProcess.start({ ...env, SIGNALBOX_ROLES: 'api' }, [Killed]);
    open.add(jobs);
    return jobs;
  };

  it('killed in the middle loses its lease, and another runs the job again', async () => {
    const jobs = await enqueuer();
    const file = join(folder, 'killed');
    const first = await worker.start(env);
    const id = await work(jobs, file, 1_500);
    await eventually(() => runsOf(file).length === 1);
    first.kill('SIGKILL');
    const second = await worker.start(env);
    const row = await jobs.until(id, { state: 'done' });
    second.kill('SIGKILL');
    expect(row).toMatchObject({ attempt: 2, failures: 0, deaths: 1 });
    expect(runsOf(file)).toEqual([`${id} 1`, `${id} 2`]);
    expect(await jobs.sql('select attempt from worked where id = $1', [id])).toEqual([{ attempt: 2 }]);
  }, 60_000);

  it('that died often leaves its job waiting, longer each time, and parked after a dozen', async () => {
    const api = await start({ SIGNALBOX_ROLES: 'api' });
    const ids = await enqueue(api, 2, 0);
    const died = (id: string, deaths: number, ago: string) =>
      api.sql(
        `update job set state = 'running', attempt = $2, deaths = $2, announced_at = null, lease_until = now() - $3::interval where id = $1`,
        [id, deaths, ago],
      );
    // The fifth run may start seven seconds after the fourth lost its lease, the twelfth death is the last.
    await died(ids[0]!, 4, '4 seconds');
    await died(ids[1]!, 11, '20 minutes');
    const jobs = await start();
    const last = await jobs.until(ids[1]!, { state: 'parked' });
    expect(last).toMatchObject({ deaths: 12, failures: 1, last_error: expect.stringContaining('died 12 times') });
    expect(ran.get(ids[1]!)).toBeUndefined();
    const [waited] = await jobs
      .until(ids[0]!, { state: 'done' })
      .then((row) =>
        jobs.sql<{ waited: boolean }>(
          `select started_at - created_at >= interval '2 seconds' as waited from job where id = $1`,
          [row['id']],
        ),
      );
    expect(waited).toEqual({ waited: true });
    await jobs.sql('delete from job');
  }, 60_000);

  it('frozen past its lease cannot write its result', async () => {
    const jobs = await enqueuer();
    const file = join(folder, 'frozen');
    const first = await worker.start(env);
    const id = await work(jobs, file, 1_000);
    await eventually(() => runsOf(file).length === 1);
    first.kill('SIGSTOP');
    const second = await worker.start(env);
    await jobs.until(id, { state: 'done', attempt: 2 });
    first.kill('SIGCONT');
    const other = await work(jobs, file, 0);
    await jobs.until(other, { state: 'done' });
    await sleep(1_500); // time for the thawed worker to try
    expect(await jobs.sql('select attempt from worked where id = $1', [id])).toEqual([{ attempt: 2 }]);
    expect(await jobs.row(id)).toMatchObject({ state: 'done', attempt: 2 });
    first.kill('SIGKILL');
    second.kill('SIGKILL');
  }, 60_000);

  it('tells its jobs to stop when the process does, and waits no longer than it may', async () => {
    const jobs = await start({ SIGNALBOX_JOBS_DRAIN_MS: '300' });
    const stay = (obeys: boolean) => jobs.enqueue({ queue: 'fault', name: 'stay', payload: { obeys } });
    const [obeying, deaf] = [await stay(true), await stay(false)];
    await eventually(() => ran.has(obeying) && ran.has(deaf));
    await jobs.close();
    open.delete(jobs);
    expect(stopping.aborted.toSorted()).toEqual([obeying, deaf].toSorted());
    const next = await start({ SIGNALBOX_ROLES: 'api' });
    expect(await next.row(obeying)).toMatchObject({ state: 'queued', attempt: 1, failures: 0 });
    expect(await next.row(deaf)).toMatchObject({ state: 'running', attempt: 1 });
    await next.sql('delete from job');
  });
});

describe('Redis', () => {
  const client = () => new Redis(readConfig(RedisConfig, env).options());

  it('wiped again and again loses and doubles nothing', async () => {
    const jobs = await start();
    const ids = await enqueue(jobs, 200, 20);
    const wiper = client();
    for (let i = 0; i < 6; i++) {
      await sleep(60);
      await wiper.flushall();
    }
    wiper.disconnect();
    await done(jobs, ids);
    expect(ids.filter((id) => ran.get(id) !== 1)).toEqual([]);
  }, 90_000);

  it('restarted in the middle loses and doubles nothing', async () => {
    const jobs = await start();
    const ids = await enqueue(jobs, 200, 20);
    await sleep(100);
    await redis.stop();
    const during = await enqueue(jobs, 20, 5);
    redis = await startRedis({ dir: join(folder, 'redis') });
    await done(jobs, [...ids, ...during]);
    expect([...ids, ...during].filter((id) => ran.get(id) !== 1)).toEqual([]);
  }, 90_000);

  it('away when the process starts: jobs commit, and run once it is there', async () => {
    await redis.stop();
    const jobs = await start();
    const ids = await enqueue(jobs, 5, 0);
    expect(await jobs.sql(`select from job where id = any($1) and state = 'queued'`, [ids])).toHaveLength(5);
    redis = await startRedis({ dir: join(folder, 'redis') });
    await done(jobs, ids);
  }, 90_000);
});

describe('PostgreSQL', () => {
  it('ending all connections again and again doubles no effect and loses no job', async () => {
    const jobs = await start();
    const ids = await enqueue(jobs, 150, 20);
    const kill = `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    for (let i = 0; i < 6; i++) {
      await sleep(80);
      await jobs.sql(kill).catch(() => []); // our own connection may be one of them
    }
    await done(jobs, ids);
  }, 90_000);
});

describe('a circuit', () => {
  it('opens after consecutive failures, lets one job try, and closes when it answers; who waits is not blamed', async () => {
    const jobs = await start({ SIGNALBOX_CIRCUIT_FAILURES: '3', SIGNALBOX_CIRCUIT_FIRST_MS: '400' });
    Object.assign(far, { down: true, calls: 0 });
    const call = () => jobs.enqueue({ queue: 'fault', name: 'call', payload: {} });
    const ids: string[] = [];
    while ((await jobs.sql(`select from job_circuit where open_until is not null`)).length === 0) {
      ids.push(await call());
      await sleep(30);
    }
    const before = far.calls;
    for (let i = 0; i < 20; i++) ids.push(await call());
    await eventually(
      async () => Number((await jobs.sql<{ trips: number }>('select trips from job_circuit'))[0]?.trips) >= 2,
    );
    expect(far.calls - before).toBeLessThanOrEqual(8); // runs under way as it opened, and the probes
    const waiting = await jobs.sql<{ attempt: number }>(`select attempt from job where id = any($1) and attempt = 0`, [
      ids,
    ]);
    expect(waiting.length).toBeGreaterThan(10);
    far.down = false;
    await eventually(
      async () =>
        (await jobs.sql(`select from job where id = any($1) and state not in ('done', 'parked')`, [ids])).length === 0,
    );
    expect(await jobs.sql('select from job_circuit')).toEqual([]);
    const untouched = await jobs.sql(
      `select from job where id = any($1) and state = 'done' and attempt = 1 and failures = 0`,
      [ids],
    );
    expect(untouched.length).toBeGreaterThan(10);
  }, 60_000);
});
