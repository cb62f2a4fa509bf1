import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testInstance, type TestInstance } from '#test/harness.js';
import { query } from '#platform/database/index.js';
import { eventually, JobsProcess } from '#test/jobs/jobs-process.js';
import { JobHandler, Jobs, PermanentFailure, RetryLater, UnknownJob, type RunningJob } from './index.js';

type Say = { word: string; fail?: number; later?: boolean; forever?: boolean };

const runs: { id: string; attempt: number; word: string }[] = [];
const parked: { id: string; reason: string }[] = [];
const runsOf = (id: string) => runs.filter((r) => r.id === id).map((r) => r.attempt);

@JobHandler<Say>('spec', 'say', { retry: { attempts: 3, firstDelayMs: 20, maxDelayMs: 50 } })
class SayJob {
  async run({ id, attempt, payload }: RunningJob<Say>) {
    runs.push({ id, attempt, word: payload.word });
    if (payload.forever) throw new PermanentFailure('never');
    if (attempt <= (payload.fail ?? 0)) throw payload.later ? new RetryLater('not now', 0.01) : new Error('broken');
    return {
      result: { said: payload.word },
      apply: async (em: never) => void (await query(em, `insert into said values ($1, $2)`, [id, attempt])),
    };
  }
  async parked(job: { id: string }, error: Error, em: never) {
    parked.push({ id: job.id, reason: error.message });
    await query(em, `insert into said values ($1, -1)`, [job.id]);
  }
}

@JobHandler<{ link: string }>('spec', 'secret', { sealPayload: true })
class SecretJob {
  async run({ payload }: RunningJob<{ link: string }>) {
    return { result: { length: payload.link.length } };
  }
}

let instance: TestInstance;
let jobs: JobsProcess;
const say = (payload: Say, more = {}) => jobs.enqueue({ queue: 'spec', name: 'say', payload, ...more });

beforeAll(async () => {
  instance = await testInstance();
  jobs = await JobsProcess.start(instance.env, [SayJob, SecretJob]);
  await jobs.sql('create table said (id uuid, attempt int)');
});
afterAll(async () => {
  await jobs.close();
  await instance.dispose();
});

describe('a job', () => {
  it('runs after the commit, and its effects commit with its being done', async () => {
    const id = await say({ word: 'hello' });
    const row = await jobs.until(id, { state: 'done' });
    expect(row).toMatchObject({ attempt: 1, failures: 0, result: { said: 'hello' }, last_error: null });
    expect(await jobs.sql('select attempt from said where id = $1', [id])).toEqual([{ attempt: 1 }]);
  });

  it('is not there when the transaction rolls back', async () => {
    let id = '';
    const work = jobs.transactions.run(async (em) => {
      id = await jobs.app.get(Jobs).enqueue(em, { queue: 'spec', name: 'say', payload: { word: 'no' } });
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await jobs.row(id)).toBeUndefined();
  });

  it('is refused outside a transaction and when nobody runs its kind', async () => {
    const enqueue = jobs.app.get(Jobs);
    await expect(
      enqueue.enqueue(jobs.transactions.reader(), { queue: 'spec', name: 'say', payload: { word: 'x' } }),
    ).rejects.toThrow('transaction');
    await expect(jobs.enqueue({ queue: 'spec', name: 'sing', payload: {} })).rejects.toThrow(UnknownJob);
  });

  it.each([[false], [true]])('is repeated after failures, then done (RetryLater: %s)', async (later) => {
    const id = await say({ word: 'again', fail: 2, later });
    expect(await jobs.until(id, { state: 'done' })).toMatchObject({ attempt: 3, failures: 2 });
    expect(runsOf(id)).toEqual([1, 2, 3]);
  });

  it('is parked when its attempts are used up, and its handler is told in the same transaction', async () => {
    const id = await say({ word: 'never', fail: 9 });
    expect(await jobs.until(id, { state: 'parked' })).toMatchObject({ attempt: 3, failures: 3, last_error: 'broken' });
    expect(runsOf(id)).toEqual([1, 2, 3]);
    expect(parked).toContainEqual({ id, reason: 'broken' });
    expect(await jobs.sql('select attempt from said where id = $1', [id])).toEqual([{ attempt: -1 }]);
  });

  it('is parked at once on a permanent failure', async () => {
    const id = await say({ word: 'never', forever: true });
    await jobs.until(id, { state: 'parked', attempt: 1, last_error: 'never' });
    expect(runsOf(id)).toEqual([1]);
  });

  it('waits until its time', async () => {
    const id = await say({ word: 'later' }, { runAt: new Date(Date.now() + 3_600_000) });
    const soon = await say({ word: 'soon' }, { runAt: new Date(Date.now() + 300) });
    await jobs.until(soon, { state: 'done' });
    expect(await jobs.row(id)).toMatchObject({ state: 'queued', attempt: 0 });
    await jobs.sql('update job set next_attempt_at = now() where id = $1', [id]);
    await jobs.until(id, { state: 'done' });
  });

  it('stays out of sight while it is held', async () => {
    const runAt = new Date(Date.now() + 400);
    const id = await say({ word: 'held' }, { runAt });
    await jobs.sql('update job set held = true, next_attempt_at = now() where id = $1', [id]);
    const other = await say({ word: 'other' });
    await jobs.until(other, { state: 'done' });
    expect(await jobs.row(id)).toMatchObject({ state: 'queued', attempt: 0 });
    await jobs.sql('update job set held = false where id = $1', [id]);
    await jobs.until(id, { state: 'done', attempt: 1 });
  });

  it('is made once while one of its key is unfinished', async () => {
    const later = { key: 'k1', runAt: new Date(Date.now() + 3_600_000) };
    const ids = await Promise.all(Array.from({ length: 8 }, () => say({ word: 'once' }, later)));
    expect(new Set(ids).size).toBe(1);
    await jobs.sql('update job set next_attempt_at = now() where id = $1', [ids[0]]);
    await jobs.until(ids[0]!, { state: 'done' });
    expect(await say({ word: 'once' }, { key: 'k1' })).not.toBe(ids[0]);
  });

  it('keeps secrets sealed at rest', async () => {
    const id = await jobs.enqueue({
      queue: 'spec',
      name: 'secret',
      payload: { link: 'https://x.example/reset?token=1234' },
    });
    const row = await jobs.until(id, { state: 'done' });
    expect(row.result).toEqual({ length: 34 });
    expect(JSON.stringify(row)).not.toContain('1234');
  });

  it('is one of thousands, each run once', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => ({ queue: 'spec', name: 'say', payload: { word: `n${i}` } }));
    const ids = await jobs.transactions.run((em) => jobs.app.get(Jobs).enqueueAll(em, many));
    const mine = new Set(ids);
    await eventually(
      async () => (await jobs.sql(`select from job where state <> 'done' and id = any($1)`, [ids])).length === 0,
    );
    expect(runs.filter((r) => mine.has(r.id)).length).toBe(2_000);
    expect(await jobs.sql('select id from said where id = any($1)', [ids])).toHaveLength(2_000);
  }, 60_000);
});
