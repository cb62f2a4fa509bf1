import { describe, expect, it } from '@jest/globals';
import { PLAIN, type Plan } from '../plans/plan.js';
import { rehearse, type Rehearsed } from './rehearsal.js';

const start = Date.UTC(2026, 10, 20, 12, 0);
const minute = (n: number) => new Date(start + n * 60_000);
const bursts = { burstMatches: 3, burstWindowMs: 60_000 };

/** What would be sent of things at these minutes: when, and of how many. */
async function sent(plan: Partial<Plan>, minutes: readonly number[], more: Partial<Rehearsed>[] = []) {
  const whole = { ...PLAIN, ...plan };
  const happened = minutes.map((n, i) => ({
    title: `#${i}`,
    at: minute(n),
    matches: true,
    judged: { seat: '', plan: whole, thing: `${i}` },
    ...more[i],
  }));
  const until = new Date(start + 30 * 86_400_000);
  const found = await rehearse(happened, { plan: whole, zone: 'UTC', ...bursts }, until);
  return found.map(({ at, total, titles }) => `${at.toISOString().slice(5, 16)} ${total} ${titles.join(' ')}`);
}

describe('A rehearsal', () => {
  it('sends each at once, and what comes together as one', async () => {
    expect(await sent({}, [0, 5])).toEqual(['11-20T12:00 1 #0', '11-20T12:05 1 #1']);
    expect(await sent({}, [0, 0, 0, 0.1, 0.2, 0.3, 9])).toEqual([
      '11-20T12:00 1 #0',
      '11-20T12:00 1 #1',
      '11-20T12:00 1 #2',
      '11-20T12:01 3 #3 #4 #5',
      '11-20T12:09 1 #6',
    ]);
  });

  it('gathers what waits for a digest or the end of quiet hours, and names the newest three', async () => {
    const daily = { rhythm: { kind: 'daily', hour: 8 } } as const;
    expect(await sent(daily, [0, 1, 2, 3, 60 * 24])).toEqual(['11-21T08:00 4 #1 #2 #3', '11-22T08:00 1 #4']);
    expect(await sent({ quietHours: { from: '12:00', to: '14:00' } }, [0, 30, 130])).toEqual([
      '11-20T14:00 2 #0 #1',
      '11-20T14:10 1 #2',
    ]);
  });

  it('holds back by the same rules as those that tell', async () => {
    const same = Array.from({ length: 5 }, () => ({
      judged: { seat: '', plan: { ...PLAIN, cooldownMinutes: 10 }, thing: 'x' },
    }));
    expect(await sent({ cooldownMinutes: 10 }, [0, 4, 9, 10, 11], same)).toEqual([
      '11-20T12:00 1 #0',
      '11-20T12:10 1 #3',
    ]);
    const rule = { kind: 'count', windowMinutes: 10, moreThan: 2, perSubject: false } as const;
    expect(await sent({ rule }, [0, 1, 2, 3, 40])).toEqual(['11-20T12:02 3 #2']);
    const crossing = { ...PLAIN, crossing: true };
    const things = [true, true, false, true].map((matches) => ({
      matches,
      judged: { seat: '', plan: crossing, thing: 'x' },
    }));
    expect(await sent({ crossing: true }, [0, 1, 2, 3], things)).toEqual(['11-20T12:00 1 #0', '11-20T12:03 1 #3']);
  });

  it('lets the process do other things meanwhile', async () => {
    let turns = 0;
    const count = () => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await sent(
      {},
      Array.from({ length: 2_000 }, (_, n) => n),
    );
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});
