import { describe, expect, it } from '@jest/globals';
import { CurrentMonth, monthOf, nextMonth } from './period.js';

describe('a month', () => {
  it('is that of UTC, named by its first day', () => {
    expect(monthOf(new Date('2026-11-30T23:59:59.999Z'))).toBe('2026-11-01');
    expect(monthOf(new Date('2026-12-01T00:30:00+02:00'))).toBe('2026-11-01');
  });

  it('ends where the next one begins, over the year too', () => {
    expect(nextMonth(new Date('2026-11-15T00:00:00Z')).toISOString()).toBe('2026-12-01T00:00:00.000Z');
    expect(nextMonth(new Date('2026-12-31T23:59:59Z')).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  });

  it('is the present one, from its first millisecond to its last', () => {
    const month = new CurrentMonth();
    const at = (text: string) => month.now(Date.parse(text));
    expect([
      at('2026-11-30T23:59:59.999Z'),
      at('2026-12-01T00:00:00.000Z'),
      at('2026-12-31T23:59:59.999Z'),
      at('2027-01-01T00:00:00.000Z'),
    ]).toEqual(['2026-11-01', '2026-12-01', '2026-12-01', '2027-01-01']);
  });
});
