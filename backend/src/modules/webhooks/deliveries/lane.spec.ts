import { describe, expect, it } from '@jest/globals';
import type { DueRow, ServedEndpoint } from './lane-store.js';
import { Lane, type Handed } from './lane.js';

const ENDPOINT = { ratePerSecond: null, ordered: false, failingSince: null, served: true } as ServedEndpoint;
const rows = (...ids: string[]) => ids.map((id) => ({ id, due: true }) as DueRow);

function laneOf(endpoint: Partial<ServedEndpoint> = {}): Lane {
  const lane = new Lane('lane', '1', { limit: 4, starts: [] });
  lane.serve({ ...ENDPOINT, ...endpoint });
  return lane;
}

/** Reads as a dispatcher does. */
function reads(lane: Lane, found: readonly DueRow[], wakes: string, now: number): void {
  lane.hungry = true;
  const asked = lane.wants(10, 4, now);
  lane.feed(found, asked, wakes, now);
}

/** All that it sends at this moment. */
function sends(lane: Lane, now: number): string[] {
  const sent: string[] = [];
  while (lane.may(4, now)) sent.push(lane.next(now).id);
  return sent;
}

describe('a lane', () => {
  it('sends nothing before the other side asked to, and then what is read anew', () => {
    const lane = laneOf();
    reads(lane, rows('a', 'b'), '1', 0);
    lane.pause(1_500, 0);
    lane.pause(1_000, 0); // a shorter wait does not undo a longer one
    expect(lane.may(4, 10)).toBe(false);
    expect(lane.wait(10)).toBe(1_490);
    expect(lane.idle(10)).toBe(false);
    expect(sends(lane, 1_501)).toEqual(['a', 'b']);
    reads(lane, rows('c'), '1', 1_501);
    expect(lane.may(4, 7_000)).toBe(false); // read too long ago
    expect(lane.hungry).toBe(true);
  });

  it('is given back while the other side wants quiet for long', () => {
    const lane = laneOf();
    reads(lane, rows('a', 'b'), '1', 0);
    expect(lane.next(0).id).toBe('a');
    lane.pause(60_000, 0);
    expect(lane.idle(10)).toBe(false); // one is under way
    lane.end('a');
    expect([lane.idle(10), lane.waiting, lane.wants(10, 4, 10)]).toEqual([true, 0, 0]);
  });

  const hand = (wakes: string, more: Partial<Handed> = {}): Handed => {
    const given = rows(`of ${wakes}`);
    return { id: 'lane', epoch: '1', wakes, alone: undefined, endpoint: ENDPOINT, rows: given, ...more };
  };

  it('sends what is handed on when nothing stands before it', () => {
    const lane = new Lane('lane', '1', { limit: 4, starts: [] });
    lane.take(hand('7', { alone: true }), 10, 0);
    lane.take(hand('8'), 10, 0);
    expect([sends(lane, 0), lane.hungry]).toEqual([['of 7', 'of 8'], false]);
  });

  it.each<[string, (lane: Lane) => Handed]>([
    ['something else was woken for in between', () => hand('9')],
    ['other rows waited when it was taken', () => hand('8', { alone: false })],
    ['some are not handed on', () => hand('8', { rows: undefined })],
    ['its endpoint wants order', () => hand('8', { endpoint: { ...ENDPOINT, ordered: true } })],
    ['there is no room', () => hand('8', { rows: rows(...'abcdefghijk') })],
    [
      'rows are being read',
      (lane) => {
        lane.hungry = true;
        lane.wants(10, 4, 0);
        return hand('8');
      },
    ],
  ])('reads what is handed on when %s', (_, handed) => {
    const lane = laneOf();
    reads(lane, [], '7', 0);
    lane.take(handed(lane), 10, 0);
    lane.feed([], 10, '7', 0); // of the look that was under way, if any: it knows nothing of what came since
    expect([sends(lane, 0), lane.hungry]).toEqual([[], true]);
  });

  it('is kept a moment when nothing else waits in it, and not when something does', () => {
    const alone = new Lane('lane', '1', { limit: 4, starts: [] });
    alone.take(hand('7', { alone: true }), 10, 0);
    expect(sends(alone, 0)).toEqual(['of 7']);
    alone.end('of 7');
    expect([alone.idle(1_000), alone.idle(3_000)]).toEqual([false, true]);
    alone.learn(false, 5, 4); // it is tried again later
    expect(alone.idle(1_000)).toBe(true);
  });

  it('drops what waits when its endpoint is served no more', () => {
    const lane = laneOf();
    reads(lane, rows('a'), '7', 0);
    lane.serve({ ...ENDPOINT, served: false });
    expect(sends(lane, 0)).toEqual([]);
  });
});
