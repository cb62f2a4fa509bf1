import { describe, expect, it } from '@jest/globals';
import { Session } from './session.entity.js';

const DAY = 86_400_000;
const life = { totalMs: 30 * DAY, idleMs: 14 * DAY };
const start = new Date('2027-01-01T00:00:00Z');
const after = (days: number) => new Date(start.getTime() + days * DAY);
const session = () =>
  Session.start('018f0000-0000-7000-8000-000000000001', 'password', { userAgent: 'x'.repeat(900) }, life, start);

describe('Session', () => {
  it('runs out without use, and starts its idle time again when used', () => {
    const used = session();
    expect(used.runOut(after(13))).toBe(false);
    expect(used.runOut(after(14))).toBe(true);
    used.use(life, after(13));
    expect(used.runOut(after(26))).toBe(false);
    expect(used.runOut(after(27))).toBe(true);
  });

  it('runs out after its whole life however much it is used', () => {
    const used = session();
    for (let day = 1; day < 30; day++) used.use(life, after(day));
    expect(used.idleExpiresAt).toEqual(after(30));
    expect(used.runOut(after(29.99))).toBe(false);
    expect(used.runOut(after(30))).toBe(true);
  });

  it('keeps the first reason of its end', () => {
    const ended = session();
    expect(ended.end('logout', after(1))).toBe(true);
    expect(ended.end('reuse', after(2))).toBe(false);
    expect(ended).toMatchObject({ endedReason: 'logout', endedAt: after(1) });
  });

  it('keeps no more of a browser’s name than it needs', () => {
    expect(session().userAgent).toHaveLength(300);
  });
});
