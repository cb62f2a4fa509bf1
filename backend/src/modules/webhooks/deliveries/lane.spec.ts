import { expect, it } from '@jest/globals';
import type { DueRow, ServedEndpoint } from './lane-store.js';
import { Lane } from './lane.js';

it('sends nothing before the other side asked to, and then what is read anew', () => {
  const lane = new Lane('lane', '1', { limit: 4, starts: [] });
  lane.endpoint = { ratePerSecond: null, ordered: false, failingSince: null } as ServedEndpoint;
  const rows = ['a', 'b'].map((id) => ({ id, due: true }) as DueRow);
  lane.feed(rows, 2, '1', 0);
  expect(lane.next(4, 0)?.id).toBe('a');
  lane.pause(60_000);
  lane.pause(30_000); // a shorter wait does not undo a longer one
  expect(lane.next(4, 10)).toBeUndefined();
  expect(lane.wait(10)).toBe(59_990);
  expect(lane.next(4, 59_999)).toBeUndefined();
  expect(lane.idle).toBe(false);
  expect(lane.next(4, 60_001)).toBeUndefined(); // read too long ago
  lane.feed(rows, 2, '1', 60_001);
  expect(lane.next(4, 60_001)?.id).toBe('b');
});
