import { describe, expect, it } from '@jest/globals';
import type { GateRefusal } from '#platform/http/index.js';
import { RefusalCounts } from './refusal-counts.js';

const refusal = (actor: string, route: string, more: Partial<GateRefusal> = {}): GateRefusal => ({
  actor: { kind: 'user', id: actor, userId: actor },
  method: 'GET',
  route,
  workspaceId: null,
  permission: 'deals:read',
  status: 404,
  code: 'not_found',
  ...more,
});
const at = (second: number) => new Date(Date.UTC(2027, 0, 1, 0, 0, second));
const short = (counts: RefusalCounts) =>
  counts.take().map(({ actor, route, workspaceId, count }) => [actor.id, workspaceId, route, count]);

describe('counted refusals', () => {
  it('are one for each actor, route and trail, with the first and the last', () => {
    const counts = new RefusalCounts({ counts: 10, ofActor: 10 });
    counts.add(refusal('ada', '/a'), at(2));
    counts.add(refusal('ada', '/a'), at(5));
    counts.add(refusal('ada', '/a', { status: 403, code: 'forbidden', workspaceId: 'w' }), at(3));
    counts.add(refusal('bob', '/a'), at(4));
    counts.add(refusal('ada', '/b'), at(4));
    const taken = counts.take();
    expect(taken.map(({ actor, route, status, count }) => [actor.id, route, status, count])).toEqual([
      ['ada', '/a', 404, 2],
      ['ada', '/a', 403, 1],
      ['bob', '/a', 404, 1],
      ['ada', '/b', 404, 1],
    ]);
    expect(taken[0]).toMatchObject({ firstAt: at(2), lastAt: at(5) });
    expect(counts.take()).toEqual([]);
  });

  it('of one who tries everything end in one count that names no route', () => {
    const counts = new RefusalCounts({ counts: 100, ofActor: 2 });
    for (let n = 0; n < 50; n++) counts.add(refusal('eve', `/${n}`, { workspaceId: 'w' }));
    counts.add(refusal('eve', '/1', { workspaceId: 'w' }));
    counts.add(refusal('ada', '/0'));
    expect(short(counts)).toEqual([
      ['eve', 'w', '/0', 1],
      ['eve', 'w', '/1', 2],
      ['eve', null, '*', 48],
      ['ada', null, '/0', 1],
    ]);
  });

  it('of too many actors share one count that names nobody, so that memory is bounded', () => {
    const counts = new RefusalCounts({ counts: 3, ofActor: 2 });
    for (let n = 0; n < 10_000; n++) counts.add(refusal(`bot-${n}`, '/a'));
    expect(counts.size).toBe(4);
    expect(short(counts).at(-1)).toEqual([null, null, '*', 9_997]);
  });

  it('lose none when they are put back, whatever came meanwhile', () => {
    const counts = new RefusalCounts({ counts: 2, ofActor: 2 });
    for (let n = 0; n < 4; n++) counts.add(refusal('ada', '/a'), at(n));
    counts.add(refusal('bob', '/a'), at(0));
    counts.add(refusal('cleo', '/a'), at(0));
    const taken = counts.take();
    counts.add(refusal('ada', '/a'), at(9));
    counts.add(refusal('dora', '/a'), at(9));
    counts.putBack(taken);
    const now = counts.take();
    expect(now.reduce((sum, { count }) => sum + count, 0)).toBe(8);
    expect(now[0]).toMatchObject({ count: 5, firstAt: at(0), lastAt: at(9) });
    expect(now.length).toBeLessThanOrEqual(3);
  });
});
