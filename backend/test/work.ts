// What a request costs, counted rather than timed: statements sent to PostgreSQL and tasks of threads, such as a password to
// be hashed. Two requests that must not be told apart by a clock do the same work.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { ThreadPool } from '#platform/threads/index.js';

/** The work of one request, in its order: the text of statements, and `thread` for a task of a thread. */
export type Work = string[];

const current = new AsyncLocalStorage<Work>();

/** Notes work from now on. @returns what ends that */
export function watchWork(): () => void {
  const { query } = pg.Client.prototype;
  const { run } = ThreadPool.prototype;
  const noted = <F extends (...args: never[]) => unknown>(work: F, step: (args: Parameters<F>) => string) =>
    function (this: unknown, ...args: Parameters<F>) {
      current.getStore()?.push(step(args));
      return work.apply(this, args);
    };
  pg.Client.prototype.query = noted(query as (...args: never[]) => unknown, ([first]) => textOf(first)) as typeof query;
  ThreadPool.prototype.run = noted(run as (...args: never[]) => unknown, () => 'thread') as typeof run;
  return () => {
    pg.Client.prototype.query = query;
    ThreadPool.prototype.run = run;
  };
}

/** Does something and gives the work that it came to; what happens afterwards, in jobs and readers, does not count. */
export async function workOf<T>(act: () => Promise<T>): Promise<{ result: T; work: Work }> {
  const work: Work = [];
  // Awaited within: what inject() gives starts only when somebody waits for it.
  const result = await current.run(work, async () => await act());
  return { result, work };
}

function textOf(query: unknown): string {
  const text = typeof query === 'string' ? query : ((query as { text?: string }).text ?? '');
  // The ORM writes values into its statements.
  return text
    .replace(/E?'(?:[^']|'')*'/g, '?')
    .replace(/\s+/g, ' ')
    .trim();
}
