import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, JobsProcess } from '#test/jobs/jobs-process.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { JobHandler, PermanentFailure, RetryLater, type JobOutcome, type RunningJob } from './index.js';

const FAR = 'far.example';
const FAILURES = 3;

const ways = {
  answers: () => ({}),
  'is not asked': () => ({ asked: false }),
  'is silent': () => {
    throw new RetryLater('no answer');
  },
  'puts the job off': () => {
    throw new RetryLater('not this one, not now', undefined, false);
  },
  'refuses for good': () => {
    throw new PermanentFailure('no such mailbox', { answered: true });
  },
  'is not asked, for good': () => {
    throw new PermanentFailure('nothing can be made of the job');
  },
  'answers, and the result cannot be stored': () => ({
    apply: async () => {
      throw new Error('a constraint');
    },
  }),
} satisfies Record<string, () => JobOutcome>;
type Way = keyof typeof ways;

const retry = { attempts: 1 };
const destination = () => FAR;

@JobHandler<{ way: Way }>('circuit', 'call', { retry, destination })
class CallJob {
  async run({ payload }: RunningJob<{ way: Way }>): Promise<JobOutcome> {
    return ways[payload.way]();
  }
}

@JobHandler('circuit', 'sealed', { retry, destination, sealPayload: true })
class SealedJob {
  async run(): Promise<void> {}
}

let instance: TestInstance;
let jobs: JobsProcess;

beforeAll(async () => {
  instance = await testInstance();
  jobs = await JobsProcess.start(
    { ...instance.env, SIGNALBOX_CIRCUIT_FAILURES: String(FAILURES), SIGNALBOX_CIRCUIT_FIRST_MS: '3600000' },
    [CallJob, SealedJob],
  );
});
afterEach(() => jobs.sql('delete from job_circuit'));
afterAll(async () => {
  await jobs?.close();
  await instance?.dispose();
});

/** Runs one job to its end. */
async function call(way: Way): Promise<void> {
  const id = await jobs.enqueue({ queue: 'circuit', name: 'call', payload: { way } });
  await ended(id);
}

const ended = (id: string) => eventually(async () => /done|parked/.test((await jobs.row(id)).state));

/** A job whose payload was sealed by a key that is gone. */
async function unreadable(): Promise<void> {
  const runAt = new Date(Date.now() + 3_600_000);
  const id = await jobs.enqueue({ queue: 'circuit', name: 'sealed', payload: {}, runAt });
  await jobs.sql(`update job set payload = '{"sealed":"nonsense"}', next_attempt_at = now() where id = $1`, [id]);
  await ended(id);
  expect((await jobs.row(id)).last_error).toContain('cannot be opened');
}

const circuit = async () =>
  (
    await jobs.sql<{ failures: number; open: boolean; due: boolean; probe: string | null }>(
      `select failures, open_until is not null as open, open_until <= now() as due, probe from job_circuit`,
    )
  )[0];

/** So many failures that the next opens the circuit. */
async function nearlyOpen(): Promise<void> {
  for (let i = 1; i < FAILURES; i++) await call('is silent');
  expect(await circuit()).toMatchObject({ failures: FAILURES - 1, open: false });
}

/** An open circuit whose time is over: the next claim is the probe. */
async function probing(): Promise<void> {
  await nearlyOpen();
  await call('is silent');
  expect(await circuit()).toMatchObject({ open: true, due: false });
  await jobs.sql('update job_circuit set open_until = now()');
}

const mute: [string, () => Promise<void>][] = [
  ['a failure for good of our own', () => call('is not asked, for good')],
  ['a payload that cannot be opened', unreadable],
  ['a job that is done without it', () => call('is not asked')],
  ['a result that cannot be stored', () => call('answers, and the result cannot be stored')],
];

describe('the circuit of a destination', () => {
  it.each(mute)('learns nothing from %s', async (_, job) => {
    await nearlyOpen();
    await job();
    expect(await circuit()).toMatchObject({ failures: FAILURES - 1, open: false });
    await call('is silent');
    expect(await circuit()).toMatchObject({ failures: FAILURES, open: true });
  });

  it.each(mute)('stays open when its probe is %s, and the next job is the probe', async (_, job) => {
    await probing();
    await job();
    expect(await circuit()).toEqual({ failures: FAILURES, open: true, due: true, probe: null });
    await call('answers');
    expect(await circuit()).toBeUndefined();
  });

  it.each<Way>(['answers', 'puts the job off', 'refuses for good'])('forgets its failures when it %s', async (way) => {
    await nearlyOpen();
    await call(way);
    expect(await circuit()).toBeUndefined();
  });

  it.each<Way>(['answers', 'puts the job off', 'refuses for good'])(
    'closes when its probe finds that it %s',
    async (way) => {
      await probing();
      await call(way);
      expect(await circuit()).toBeUndefined();
    },
  );

  it('opens for longer when its probe finds it silent', async () => {
    await probing();
    await call('is silent');
    expect(await circuit()).toMatchObject({ failures: FAILURES + 1, open: true, due: false });
  });

  it('is not opened by what is no failure of the destination, however often', async () => {
    for (let i = 0; i <= FAILURES; i++) await call('is not asked, for good');
    expect(await circuit()).toBeUndefined();
  });
});
