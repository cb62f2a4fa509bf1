import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { Batches } from './index.js';

/** Work that notes its batches and ends when it is told to. */
function held() {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const work = (items: readonly string[]) => {
    batches.push([...items]);
    return new Promise<string[]>((done) => ends.push(() => done(items.map((item) => item.toUpperCase()))));
  };
  const started = async (n: number) => {
    while (batches.length < n) await new Promise((resolve) => setImmediate(resolve));
  };
  return { batches, ends, work, started };
}

describe('batches', () => {
  it('take together what came in the same turn, and what came while one was worked on', async () => {
    const { batches, ends, work, started } = held();
    const some = new Batches(work, { most: 10 });
    const first = [some.add('a'), some.add('b')];
    await started(1);
    const then = ['c', 'd', 'e'].map((item) => some.add(item));
    ends[0]!();
    expect(await Promise.all(first)).toEqual(['A', 'B']);
    await started(2);
    ends[1]!();
    expect(await Promise.all(then)).toEqual(['C', 'D', 'E']);
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('are no larger than they may be, and one alone begins at once after a pause', async () => {
    const { batches, ends, work, started } = held();
    const some = new Batches(work, { most: 2 });
    const all = ['a', 'b', 'c'].map((item) => some.add(item));
    await started(1);
    ends[0]!();
    await started(2);
    ends[1]!();
    await Promise.all(all);
    const late = some.add('d');
    await started(3);
    ends[2]!();
    expect(await late).toBe('D');
    expect(batches).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it('that fail are tried one by one, so that one bad item fails alone', async () => {
    const tried: number[] = [];
    const some = new Batches(
      async (items: readonly string[]) => {
        tried.push(items.length);
        if (items.includes('bad')) throw new Error('It is bad.');
        return items.map((item) => item.toUpperCase());
      },
      { most: 10 },
    );
    const results = await Promise.allSettled(['a', 'bad', 'b'].map((item) => some.add(item)));
    expect(results.map((r) => (r.status === 'fulfilled' ? r.value : (r.reason as Error).message))).toEqual([
      'A',
      'It is bad.',
      'B',
    ]);
    expect(tried).toEqual([3, 1, 1, 1]);
  });

  it('go on while an item of a failed batch is still being tried', async () => {
    let release = (): void => undefined;
    const some = new Batches(
      async (items: readonly string[]) => {
        if (items.length > 1) throw new Error('Not together.');
        if (items[0] === 'slow') await new Promise<void>((resolve) => (release = resolve));
        return [...items];
      },
      { most: 10 },
    );
    const slow = some.add('slow');
    expect(await some.add('quick')).toBe('quick');
    expect(await some.add('later')).toBe('later');
    release();
    expect(await slow).toBe('slow');
  });

  it('are not held up by one that hangs', async () => {
    const some = new Batches(
      (items: readonly string[]) =>
        items.includes('hangs') ? new Promise<string[]>(() => undefined) : Promise.resolve([...items]),
      { most: 10, patienceMs: 10 },
    );
    void some.add('hangs');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await some.add('goes on')).toBe('goes on');
  });

  it('run outside the asynchronous context of who came first', async () => {
    const caller = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const some = new Batches(
      async (items: readonly string[]) => {
        seen.push(caller.getStore());
        return [...items];
      },
      { most: 10 },
    );
    await caller.run('a request', () => some.add('a'));
    expect(seen).toEqual([undefined]);
  });

  it('fail together of what strikes all of them', async () => {
    let tries = 0;
    const some = new Batches(
      async () => {
        tries++;
        throw new Error('The database is away.');
      },
      { most: 10, strikesAll: (error) => (error as Error).message.includes('away') },
    );
    const results = await Promise.allSettled([some.add('a'), some.add('b')]);
    expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected']);
    expect(tries).toBe(1);
  });
});
