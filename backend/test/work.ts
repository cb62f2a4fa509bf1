// What a request costs, counted rather than timed: statements sent to PostgreSQL and passwords hashed or verified. Two
// requests that must not be told apart by a clock do the same work.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { Lanes } from '#modules/users/accounts/lanes.js';

/** The work of one request, in its order: the text of statements, and `argon2` for a password. */
export type Work = string[];

const current = new AsyncLocalStorage<Work>();
const originals = { query: pg.Client.prototype.query, run: Lanes.prototype.run };

/** Notes work from now on. @returns what ends that */
export function watchWork(): () => void {
  const { query, run } = originals;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    current.getStore()?.push(textOf(args[0]));
    return (query as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof query;
  Lanes.prototype.run = function <T>(this: Lanes, work: () => Promise<T>) {
    current.getStore()?.push('argon2');
    return run.call(this, work) as Promise<T>;
  };
  return () => {
    pg.Client.prototype.query = query;
    Lanes.prototype.run = run;
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
