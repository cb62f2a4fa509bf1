import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { dealRows } from '#test/deals.js';
import { Room } from '#test/subscriptions.js';

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;

const ask = async (body: object, who: { headers: { authorization: string } } = ada) => {
  const answer = await room.call(who, 'POST', team.url('subscription-previews'), body);
  return { status: answer.statusCode, body: answer.json() };
};

beforeAll(async () => {
  room = await Room.open();
});
afterAll(() => room.close());
beforeEach(async () => {
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team, 'viewer').create();
});

describe('a preview', () => {
  it('counts and shows what the filter would have matched in the workspace, the newest first', async () => {
    const elsewhere = await room.make.workspace().create();
    await dealRows(room.make, elsewhere, [{ title: 'Not ours' }]);
    await dealRows(room.make, team, [
      { title: 'Dear', priceMinor: 90_000 },
      { title: 'Old', daysAgo: 40 },
      { title: 'Second', daysAgo: 2 },
      { title: 'First', daysAgo: 1 },
    ]);
    const { status, body } = await ask({ filter: 'price<=400  (destination:PT)' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ days: 30, count: 2, more: false, canonical: 'destination:PT price<=400' });
    expect(body.matches.map(({ title }: { title: string }) => title)).toEqual(['First', 'Second']);
    expect((await ask({ filter: 'price<=400', days: 60 })).body.count).toBe(3);
    expect((await ask({ filter: '' })).body.count).toBe(3);
  });

  it("reads amounts in the caller's currency", async () => {
    await dealRows(room.make, team, [{ title: 'Fare', priceMinor: 36_000, currency: 'EUR' }]);
    const rita = await room.make.person().in(team).prefers({ currency: 'EUR' }).create();
    expect((await ask({ filter: 'price<=400' }, rita)).body.count).toBe(1);
    expect((await ask({ filter: 'price<=400' })).body.count).toBe(0);
  });

  it('shows fifty and counts all', async () => {
    await dealRows(
      room.make,
      team,
      Array.from({ length: 60 }, (_, n) => ({ title: `Deal ${n}` })),
    );
    const { body } = await ask({ filter: '' });
    expect([body.count, body.more, body.matches.length]).toEqual([60, false, 50]);
  });

  it('is for those who may see what it shows, however they may ask', async () => {
    await dealRows(room.make, team, [{ title: 'Secret' }]);
    const blind = await room.make.person().in(team).create();
    await room.demote(blind, team, ['workspace:read', 'subscriptions:read', 'subscriptions:write']);
    const key = await room.make.apiKey(team, ada).scopes('subscriptions:read').create();
    for (const who of [blind, key]) {
      const answer = await room.call(who, 'POST', team.url('subscription-previews'), { filter: '' });
      expect([answer.statusCode, answer.json()]).toEqual([
        403,
        expect.objectContaining({ code: 'target_hidden', detail: expect.stringContaining('"deals:read"') }),
      ]);
      expect(answer.body).not.toContain('Secret');
    }
    const subscribed = await room.call(blind, 'POST', team.url('subscriptions'), { filter: '' });
    expect(subscribed.statusCode).toBe(403);
    expect(await room.rows('select from subscription where workspace_id = $1', [team.id])).toEqual([]);
  });

  it('shows of activity what the caller may see of each type, and what is theirs alone', async () => {
    const bea = await room.make.person().in(team).create();
    await room.recorded(team, 'source.deleted', { name: 'A' });
    await room.recorded(team, 'deal.expired', { title: 'Gone' });
    const own = { name: 'Mine', target: 'deal', filter: '', paused: false };
    await room.recorded(team, 'subscription.deleted', own, { scope: { kind: 'user', id: ada.id } });
    await room.recorded(team, 'deal.expired', { title: 'Of a project' }, { scope: { kind: 'project', id: ada.id } });
    await room.read();
    const body = { target: 'activity', filter: '' };
    const shown = async (who: Parameters<typeof ask>[1]) => {
      const { body: answer } = await ask(body, who);
      expect(answer.count).toBe(answer.matches.length);
      return answer.matches.map(({ title }: { title: string }) => title).sort();
    };
    expect(await shown(ada)).toEqual(['subscription.deleted']);
    expect(await shown(bea)).toEqual([]);
    expect(await shown(team.owner)).toEqual(['deal.expired', 'source.deleted']);
    const key = await room.make.apiKey(team, ada).scopes('subscriptions:read', 'workspace:read').create();
    expect((await ask(body, key)).body.matches).toEqual([]);
  });

  it('stores nothing and tells nobody', async () => {
    await dealRows(room.make, team, [{ title: 'One' }]);
    await ask({ filter: '' });
    expect(await room.application.events({ workspaceId: team.id })).toEqual([]);
    expect(await room.rows('select 1 from subscription where workspace_id = $1', [team.id])).toEqual([]);
  });

  it('answers 404 to somebody else', async () => {
    const stranger = await room.make.person().create();
    expect((await ask({ filter: '' }, stranger)).status).toBe(404);
  });

  it.each<[string, object, object]>([
    [
      'a wrong field',
      { filter: 'orign:NYC' },
      { code: 'filter_refused', suggestion: 'origin', position: { start: 0, end: 5 } },
    ],
    ['what only events know', { filter: 'changed:price' }, { code: 'filter_refused' }],
    ['100,000 characters', { filter: 'x'.repeat(100_000) }, { code: 'filter_refused', reason: 'too-long' }],
    [
      '1,000 parentheses',
      { filter: `${'('.repeat(1000)}a${')'.repeat(1000)}` },
      { code: 'filter_refused', reason: 'too-deep' },
    ],
    ['a target that is none', { filter: '', target: 'moon' }, { code: 'target_unknown' }],
    ['no day', { filter: '', days: 0 }, { code: 'validation_failed', errors: [{ path: '/body/days' }] }],
    ['more than a year', { filter: '', days: 366 }, { code: 'validation_failed' }],
    ['part of a day', { filter: '', days: 1.5 }, { code: 'validation_failed' }],
    ['days in words', { filter: '', days: '30' }, { code: 'validation_failed' }],
  ])('refuses %s', async (_, body, expected) => {
    expect(await ask(body)).toMatchObject({ status: 400, body: expected });
  });
});
