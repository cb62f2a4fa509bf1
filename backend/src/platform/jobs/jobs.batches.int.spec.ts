import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { query, type EntityManager } from '#platform/database/index.js';
import { RedisConnections } from '#platform/redis/index.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { eventually, JobsProcess } from '#test/jobs/jobs-process.js';
import { BullQueues } from './bull-queues.js';
import { JobStore } from './job-store.js';
import { JobHandler, Jobs, type RunningJob } from './index.js';

type Pick = { fruit: string; fails?: 'run' | 'apply' | 'always'; waits?: boolean };

const runs: { id: string; attempt: number; at: number }[] = [];
let together = 0;
let most = 0;
let gate: Promise<void> = Promise.resolve();
/** Holds runs that wait until the returned function is called. */
function closeGate(): () => void {
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  return open;
}

@JobHandler<Pick>('orchard', 'pick', {
  concurrency: 2,
  batch: 8,
  retry: { attempts: 3, firstDelayMs: 5, maxDelayMs: 20 },
})
class PickJob {
  async run({ id, attempt, payload: { fails, waits } }: RunningJob<Pick>) {
    runs.push({ id, attempt, at: performance.now() });
    most = Math.max(most, ++together);
    if (waits) await gate;
    together--;
    if (fails === 'run' && attempt === 1) throw new Error('The ladder broke.');
    return {
      result: { attempt },
      apply: async (em: EntityManager) => {
        if (fails === 'always' || (fails === 'apply' && attempt === 1)) await query(em, 'select 1 / 0');
        await query(em, 'insert into picked values ($1, $2)', [id, attempt]);
      },
    };
  }
}

let instance: TestInstance;
let jobs: JobsProcess;
const started: JobsProcess[] = [];

/** Starts a process whose queues are open, so that a ticket of the first job is not left to the sweeper. */
async function start(more: Record<string, string> = {}): Promise<JobsProcess> {
  const made = await JobsProcess.start({ ...instance.env, ...more }, [PickJob]);
  started.push(made);
  await eventually(() => made.app.get(BullQueues).ready);
  return made;
}
/** A process that takes no jobs and whose tickets no other gets. */
const enqueuer = (prefix: string) =>
  start({ SIGNALBOX_ROLES: 'api', SIGNALBOX_REDIS_PREFIX: `${instance.env.SIGNALBOX_REDIS_PREFIX}-${prefix}` });
const enqueue = (payloads: Pick[], to = jobs) =>
  to.transactions.run((em) =>
    to.app.get(Jobs).enqueueAll(
      em,
      payloads.map((payload) => ({ queue: 'orchard', name: 'pick', payload })),
    ),
  );
const apples = (n: number): Pick[] => Array.from({ length: n }, () => ({ fruit: 'apple' }));
const done = (ids: string[]) =>
  eventually(
    async () => (await jobs.sql(`select from job where id = any($1) and state <> 'done'`, [ids])).length === 0,
  );
const picked = async (ids: string[]) =>
  jobs.sql<{ id: string; attempt: number }>('select id, attempt from picked where id = any($1) order by id', [ids]);
const once = (ids: string[], attempt = 1) => [...ids].sort().map((id) => ({ id, attempt }));

beforeAll(async () => {
  instance = await testInstance();
  jobs = await start();
  await jobs.sql('create table picked (id uuid, attempt int)');
});
beforeEach(async () => {
  jobs = started[0] ?? (await start());
});
afterEach(async () => {
  jest.restoreAllMocks();
  await jobs.sql('delete from job');
  await Promise.all(started.splice(0).map((process) => process.close()));
  runs.length = 0;
  most = 0;
});
afterAll(() => instance.dispose());

describe('jobs that are taken several at a time', () => {
  it('run each by itself, side by side, and take effect once, in few transactions', async () => {
    const [take, finish] = [jest.spyOn(JobStore.prototype, 'claimFresh'), jest.spyOn(JobStore.prototype, 'finish')];
    const ids = await enqueue(apples(40));
    await done(ids);
    expect(await picked(ids)).toEqual(once(ids));
    expect(runs).toHaveLength(40);
    expect(most).toBeLessThanOrEqual(16);
    // At least five batches of eight; single claims and single results would be forty.
    expect(take.mock.calls.length).toBeLessThan(40);
    expect(finish.mock.calls.length).toBeLessThan(40);
  });

  it('need one ticket for all of one transaction', async () => {
    await jobs.close();
    started.length = 0;
    jobs = await enqueuer('one');
    const redis = jobs.app.get(RedisConnections);
    const waiting = () => redis.get('spec').llen(`${redis.prefix}:bull:orchard:wait`);
    await enqueue(apples(30));
    await eventually(async () => (await waiting()) > 0);
    expect(await waiting()).toBe(1);
  });

  it('fail alone: a run that throws is repeated, its neighbours are done', async () => {
    const ids = await enqueue([...apples(3), { fruit: 'pear', fails: 'run' }, ...apples(3)]);
    await done(ids);
    const second = await picked([ids[3]!]);
    expect(second).toEqual([{ id: ids[3], attempt: 2 }]);
    const others = ids.filter((_, i) => i !== 3);
    expect(await picked(others)).toEqual(once(others));
    expect(await jobs.row(ids[3]!)).toMatchObject({ failures: 1, attempt: 2 });
  });

  it('fail alone: a result that cannot be stored takes no other with it', async () => {
    const ids = await enqueue([...apples(3), { fruit: 'pear', fails: 'apply' }, { fruit: 'plum', fails: 'always' }]);
    await eventually(async () => (await jobs.row(ids[4]!)).state === 'parked');
    await done(ids.slice(0, 4));
    expect(await picked(ids)).toEqual(
      [...ids.slice(0, 3).map((id) => ({ id, attempt: 1 })), { id: ids[3]!, attempt: 2 }].sort((a, b) =>
        a.id < b.id ? -1 : 1,
      ),
    );
    expect(await jobs.row(ids[4]!)).toMatchObject({
      failures: 3,
      last_error: expect.stringContaining('division by zero'),
    });
  });

  it('do not wait for a slow one, whose result comes later', async () => {
    const open = closeGate();
    const ids = await enqueue([{ fruit: 'quince', waits: true }, ...apples(5)]);
    await done(ids.slice(1));
    expect((await jobs.row(ids[0]!)).state).toBe('running');
    open();
    await done(ids);
    expect(await picked(ids)).toEqual(once(ids));
  });

  it('that come while all loops are busy are taken when one is free, without a sweep', async () => {
    await jobs.close();
    started.length = 0;
    jobs = await start({ SIGNALBOX_JOBS_SWEEP_MS: '60000' });
    const open = closeGate();
    const busy = await enqueue(Array.from({ length: 16 }, () => ({ fruit: 'fig', waits: true })));
    await eventually(() => runs.length === 16);
    const late = await enqueue(apples(20));
    open();
    await done([...busy, ...late]);
    expect(await picked(late)).toEqual(once(late));
  });

  it('of which one is lost to another worker meanwhile keep their results; the lost one has none', async () => {
    const open = closeGate();
    const ids = await enqueue(Array.from({ length: 4 }, () => ({ fruit: 'date', waits: true })));
    await eventually(() => runs.length === 4);
    await jobs.sql(`update job set attempt = 2, lease_until = now() + interval '1 hour' where id = $1`, [ids[1]]);
    open();
    const kept = ids.filter((_, i) => i !== 1);
    await done(kept);
    expect(await picked(ids)).toEqual(once(kept));
    expect(await jobs.row(ids[1]!)).toMatchObject({ state: 'running', attempt: 2 });
  });

  it('are divided among processes, each to one', async () => {
    const second = await start();
    const ids = (await Promise.all([enqueue(apples(60)), enqueue(apples(60), second)])).flat();
    await done(ids);
    expect(await picked(ids)).toEqual(once(ids));
    expect(runs).toHaveLength(120);
  });

  it('are found by the sweeper when their ticket is lost', async () => {
    const ids = await enqueue(apples(20), await enqueuer('lost'));
    await done(ids);
    expect(await picked(ids)).toEqual(once(ids));
  });

  it('are held back with all others after a restore, and when they are not due', async () => {
    const [id] = await jobs.transactions.run((em) =>
      jobs.app
        .get(Jobs)
        .enqueueAll(em, [
          { queue: 'orchard', name: 'pick', payload: { fruit: 'late' }, runAt: new Date(Date.now() + 3_600_000) },
        ]),
    );
    const ids = await enqueue(apples(5));
    await done(ids);
    expect(await jobs.row(id!)).toMatchObject({ state: 'queued', attempt: 0 });
    await jobs.sql(`update job set next_attempt_at = now(), held = true where id = $1`, [id]);
    await done(await enqueue(apples(5)));
    expect(await jobs.row(id!)).toMatchObject({ state: 'queued', attempt: 0 });
  });
});
