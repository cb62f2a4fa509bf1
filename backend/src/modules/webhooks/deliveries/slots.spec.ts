import { describe, expect, it, jest } from '@jest/globals';
import { Slots } from './slots.js';

/** Takes until there is no room. @returns how many it got */
function fill(slots: Slots<string>, slow: boolean): number {
  for (let n = 0; ; n++) if (!slots.take('waits', slow)) return n;
}

describe('room for requests', () => {
  it('is half of it for those that are slow, and the rest for those that answer', () => {
    const slots = new Slots<string>(10, () => false);
    expect([fill(slots, true), fill(slots, false)]).toEqual([5, 5]);
  });

  it('is left for those that answer, although others of theirs hang', () => {
    jest.useFakeTimers();
    try {
      const slots = new Slots<string>(10, () => false);
      expect(fill(slots, false)).toBe(10);
      jest.advanceTimersByTime(1_000);
      expect([fill(slots, true), fill(slots, false)]).toEqual([0, 5]);
      jest.advanceTimersByTime(1_000);
      expect(fill(slots, false)).toBe(5);
      jest.advanceTimersByTime(1_000);
      expect(fill(slots, false)).toBe(0); // twice of it at most
    } finally {
      jest.useRealTimers();
    }
  });

  it('is given to who waits, in turn, past who needs none any more', async () => {
    const called: string[] = [];
    const slots = new Slots<string>(1, (waiter) => {
      called.push(waiter);
      return waiter !== 'a';
    });
    const slot = slots.take('first', false)!;
    for (const waiter of ['a', 'b', 'c']) expect(slots.take(waiter, false)).toBeUndefined();
    slot.end();
    for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
    expect(called).toEqual(['a', 'b']);
    expect(slots.all).toBe(0);
  });
});
