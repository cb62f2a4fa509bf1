import { describe, expect, it } from '@jest/globals';
import { retryAfter, retryDelay } from './retries.js';

describe('retries', () => {
  it('come after 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, and then no more', () => {
    const hours = (n: number) => n * 3600;
    const delays = Array.from({ length: 10 }, (_, n) => retryDelay(n + 1, 0, 0));
    expect(delays).toEqual([5, 300, 1800, hours(2), hours(5), hours(10), hours(14), hours(20), hours(24), undefined]);
  });

  it('are spread, never earlier and at most a tenth later', () => {
    expect([retryDelay(2, 0, 0), retryDelay(2, 0, 0.5), retryDelay(2, 0, 1)]).toEqual([300, 315, 330]);
  });

  it('wait as long as the other side asks, up to a day, and never less than they would', () => {
    expect([retryDelay(1, 90, 0), retryDelay(2, 90, 0), retryDelay(1, 1e9, 0)]).toEqual([90, 300, 86_400]);
  });

  it.each([
    ['120', 120],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    [undefined, undefined],
  ])('read Retry-After: %s', (header, seconds) => {
    expect(retryAfter(header, Date.UTC(2026, 10, 21, 12))).toBe(seconds);
  });
});
