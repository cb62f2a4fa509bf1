import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, JobsProcess } from '#test/jobs/jobs-process.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { JobHandler, type RunningJob } from './index.js';

interface Call {
  to: string;
}

const PLACES = 2;
let underWay = 0;
let most = 0;
let release: () => void = () => undefined;
let slow = new Promise<void>((resolve) => (release = resolve));

@JobHandler<Call>('places', 'call', { concurrency: 5, destination: ({ to }) => to, perDestination: PLACES })
class CallJob {
  async run({ payload }: RunningJob<Call>): Promise<void> {
    if (payload.to !== 'slow') return;
    most = Math.max(most, ++underWay);
    await slow;
    underWay--;
  }
}

let instance: TestInstance;
let jobs: JobsProcess;

beforeAll(async () => {
  instance = await testInstance();
  jobs = await JobsProcess.start(instance.env, [CallJob]);
});
afterAll(async () => {
  release();
  await jobs?.close();
  await instance?.dispose();
});

const call = (to: string) => jobs.enqueue({ queue: 'places', name: 'call', payload: { to } });
const states = async () =>
  jobs.sql<{ state: string; attempt: number; n: number }>(
    `select state, attempt, count(*)::int as n from job where destination = 'slow' group by 1, 2 order by 1, 2`,
  );

describe('a destination that answers slowly', () => {
  it('holds up no other, and what waits for it has lost no attempt', async () => {
    // More than the process runs at once.
    for (let i = 0; i < 12; i++) await call('slow');
    await jobs.until(await call('fast'), { state: 'done', attempt: 1 });
    await eventually(async () => (await states()).length === 2);
    expect(await states()).toEqual([
      { state: 'queued', attempt: 0, n: 10 },
      { state: 'running', attempt: 1, n: PLACES },
    ]);
    release();
    await eventually(async () => (await states()).every(({ state }) => state === 'done'));
    expect(await states()).toEqual([{ state: 'done', attempt: 1, n: 12 }]);
  });

  it('gives a place that is left to who waits, without their looking for it', async () => {
    const asleep = () =>
      jobs.sql(
        `update job set next_attempt_at = now() + interval '1 hour' where state = 'queued' and waits_for_circuit`,
      );
    slow = new Promise((resolve) => (release = resolve));
    const ids = [];
    for (let i = 0; i < 6; i++) ids.push(await call('slow'));
    const waiting = `select id from job where destination = 'slow' and state = 'queued' and waits_for_circuit`;
    await eventually(async () => (await jobs.sql(waiting)).length === ids.length - PLACES);
    await asleep();
    release();
    for (const id of ids) await jobs.until(id, { state: 'done', attempt: 1 });
  });

  it('gives a place to a job whose worker died, and does not count the dead', async () => {
    slow = new Promise((resolve) => (release = resolve));
    const dead = [];
    for (let i = 0; i < PLACES + 1; i++) {
      const runAt = new Date(Date.now() + 3_600_000);
      dead.push(await jobs.enqueue({ queue: 'places', name: 'call', payload: { to: 'dead' }, runAt }));
    }
    await jobs.sql(
      `update job set state = 'running', attempt = 1, lease_until = now() - interval '1 hour' where id = any($1)`,
      [dead],
    );
    await jobs.until(await call('dead'), { state: 'done', attempt: 1 });
    for (const id of dead) await jobs.until(id, { state: 'done', attempt: 2 });
  });
});

it('never had more under way than it has places, but for claims at the same moment', () => {
  expect(most).toBeGreaterThanOrEqual(PLACES);
  expect(most).toBeLessThanOrEqual(PLACES + 5);
});
