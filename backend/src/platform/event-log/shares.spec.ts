import { describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { gather } from './shares.js';
import type { LogEvent } from './types.js';

const batch = [1, 2, 3, 4].map((position) => ({ position }) as LogEvent);
const some = (n: number) => Array.from({ length: n }, () => ({ key: uuidv7() }));

describe('what one transaction takes of a batch', () => {
  it('is all of it, or as many events as have so many listeners together', () => {
    const few = () => some(2);
    expect(gather(batch, undefined, 8, few)).toMatchObject({ heard: batch.map((event) => ({ event })) });
    expect(gather(batch, undefined, 8, few).stopped).toBeUndefined();
    const { heard, stopped } = gather(batch, undefined, 5, few);
    expect(heard.map(({ event }) => event.position)).toEqual([1, 2]);
    expect(stopped).toEqual({ event: batch[2] });
  });

  it('is a share of one event that has more, alone, each listener in one share though others come and go', () => {
    const all = some(100);
    const taken: string[] = [];
    let next: string | undefined;
    for (let shares = 1; ; shares++) {
      const { heard, stopped } = gather(batch, next, 20, () => all.filter((_, i) => i % 10 !== shares));
      expect(heard).toHaveLength(1);
      expect(heard[0]!.listeners.length).toBeLessThan(45);
      taken.push(...heard[0]!.listeners.map(({ key }) => key));
      next = stopped?.next;
      if (stopped?.event !== batch[0]) {
        expect([shares, stopped]).toEqual([5, { event: batch[1] }]);
        break;
      }
    }
    expect(new Set(taken).size).toBe(taken.length);
    expect(all.filter((_, i) => i % 10 > 5 || i % 10 === 0).every(({ key }) => taken.includes(key))).toBe(true);
  });

  it('goes on with the last share of the last event, and ends there', () => {
    expect(gather(batch.slice(3), '4/5', 20, () => some(3)).stopped).toBeUndefined();
  });
});
