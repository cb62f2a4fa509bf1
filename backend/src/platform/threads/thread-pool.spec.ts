import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { TaskFailed, ThreadPool, ThreadsBusy, ThreadTimeout, type ThreadPoolOptions } from './index.js';

const dir = mkdtempSync(join(tmpdir(), 'signalbox-threads-'));
const entry = join(dir, 'echo.mjs');
writeFileSync(
  entry,
  `import { parentPort } from 'node:worker_threads';
   parentPort.on('message', (input) => {
     if (input === 'hang') for (;;);
     parentPort.postMessage(input === 'refuse' ? { error: 'No.' } : { output: input });
   });
   parentPort.postMessage({ ready: true });`,
);

const pools: ThreadPool<string, string>[] = [];
function pool(options: Partial<ThreadPoolOptions> = {}): ThreadPool<string, string> {
  const made = new ThreadPool<string, string>(pathToFileURL(entry), {
    size: 1,
    maxWaiting: 2,
    timeoutMs: 10_000,
    ...options,
  });
  pools.push(made);
  return made;
}

/** An input that is made when the spec says so. */
function held(input: string) {
  let release = (): void => undefined;
  const until = new Promise<void>((resolve) => (release = resolve));
  const prepare = jest.fn(() => until.then(() => ({ input })));
  return { prepare, release };
}
const asked = async (prepare: jest.Mock) => {
  while (prepare.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
};
const made = (input: string) => jest.fn(() => ({ input }));

afterEach(() => Promise.all(pools.splice(0).map((p) => p.close())));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a pool of threads', () => {
  it('makes the input of a task only when a thread is free', async () => {
    const threads = pool();
    const [first, second] = [held('first'), made('second')];
    const outcomes = [threads.run(first.prepare), threads.run(second)];
    await asked(first.prepare);
    expect(second).not.toHaveBeenCalled();
    first.release();
    expect(await Promise.all(outcomes)).toEqual(['first', 'second']);
  });

  it('refuses more than may wait, and takes on again when there is room', async () => {
    const threads = pool();
    const first = held('first');
    const running = threads.run(first.prepare);
    await asked(first.prepare);
    const waiting = [threads.run(made('a')), threads.run(made('b'))];
    const refused = made('c');
    await expect(threads.run(refused)).rejects.toBeInstanceOf(ThreadsBusy);
    expect(refused).not.toHaveBeenCalled();
    first.release();
    expect(await Promise.all([running, ...waiting])).toEqual(['first', 'a', 'b']);
    expect(await threads.run(made('d'))).toBe('d');
  });

  it('drops a waiting task that is given up, and its place is free', async () => {
    const threads = pool({ maxWaiting: 1 });
    const [first, second, third] = [held('first'), made('second'), made('third')];
    const running = threads.run(first.prepare);
    await asked(first.prepare);
    const gone = new AbortController();
    const outcome = threads.run(second, gone.signal);
    gone.abort();
    await expect(outcome).rejects.toBe(gone.signal.reason);
    const later = threads.run(third);
    first.release();
    expect(await Promise.all([running, later])).toEqual(['first', 'third']);
    expect(second).not.toHaveBeenCalled();
    await expect(threads.run(second, gone.signal)).rejects.toBe(gone.signal.reason);
  });

  it('gives the thread of a task that is given up to the next, one input at a time', async () => {
    const threads = pool();
    const [first, second] = [held('first'), made('second')];
    const gone = new AbortController();
    const outcome = threads.run(first.prepare, gone.signal);
    await asked(first.prepare);
    const next = threads.run(second);
    gone.abort();
    await expect(outcome).rejects.toBe(gone.signal.reason);
    expect(second).not.toHaveBeenCalled();
    first.release();
    expect(await next).toBe('second');
  });

  it('goes on after an input that cannot be made, a refusal and a thread that hangs', async () => {
    const threads = pool({ timeoutMs: 100 });
    const missing = new Error('There is no such file.');
    await expect(threads.run(() => Promise.reject(missing))).rejects.toBe(missing);
    await expect(
      threads.run(() => {
        throw missing;
      }),
    ).rejects.toBe(missing);
    await expect(threads.run(made('refuse'))).rejects.toBeInstanceOf(TaskFailed);
    await expect(threads.run(made('hang'))).rejects.toBeInstanceOf(ThreadTimeout);
    expect(await threads.run(made('fine'))).toBe('fine');
  });

  it('fails what waits when it is stopped', async () => {
    const threads = pool();
    const first = held('first');
    const outcomes = [threads.run(first.prepare), threads.run(made('second'))];
    const settled = Promise.allSettled(outcomes);
    await asked(first.prepare);
    await threads.close();
    first.release();
    expect((await settled).map((o) => o.status)).toEqual(['rejected', 'rejected']);
    await expect(threads.run(made('third'))).rejects.toThrow('stopped');
  });
});
