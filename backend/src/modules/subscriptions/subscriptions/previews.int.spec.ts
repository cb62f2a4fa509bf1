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
    const asked = await ask({ filter: 'cabin:business changed:price' });
    expect(asked).toMatchObject({ status: 400, body: { code: 'filter_refused', position: { start: 15, end: 28 } } });
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

  it('rehearses what would have been sent: how often, on which days, and what', async () => {
    const deals = Array.from({ length: 12 }, (_, n) => ({ title: `Deal ${n}`, daysAgo: 80 - n }));
    await dealRows(room.make, team, deals);
    const { body } = await ask({ filter: 'price<=400', days: 90, rhythm: { kind: 'weekly', weekday: 1, hour: 8 } });
    expect(body).toMatchObject({ days: 90, count: 12, more: false });
    type Day = { day: string; matches: number; sent: number };
    const days: Day[] = body.perDay;
    const sum = (what: 'matches' | 'sent') => days.reduce((total, day) => total + day[what], 0);
    expect([sum('matches'), sum('sent')]).toEqual([12, body.sent]);
    expect(days.map(({ day }) => day)).toEqual([...days.map(({ day }) => day)].sort());
    // Twelve days in a row have one or two Mondays.
    expect([2, 3]).toContain(body.sent);
    const mondays = body.examples.map(({ at }: { at: string }) => new Date(at));
    expect(mondays.every((at: Date) => at.getUTCDay() === 1 && at.getUTCHours() === 8)).toBe(true);
    expect(body.examples.reduce((n: number, { total }: { total: number }) => n + total, 0)).toBe(12);
    expect((await ask({ filter: 'price<=400', days: 90 })).body.sent).toBe(12);
    const rule = { kind: 'count', windowMinutes: 7 * 24 * 60, moreThan: 5 };
    expect((await ask({ filter: '', days: 90, rule })).body).toMatchObject({
      count: 12,
      sent: 1,
      examples: [{ total: 6 }],
    });
    const average = { kind: 'threshold', windowMinutes: 60, field: 'price', of: 'average', is: 'below', value: 400 };
    expect((await ask({ filter: '', days: 90, rule: average })).body.sent).toBe(12);
    expect((await ask({ filter: '', days: 90, rule: { ...average, value: 399 } })).body.sent).toBe(0);
    expect(await ask({ filter: '', rule: { ...average, field: 'title' } })).toMatchObject({
      status: 400,
      body: { code: 'subscription_choice_refused' },
    });
  });

  it('rehearses crossings of activity with what did not match in between', async () => {
    const subjectId = ada.id;
    const at = (minutes: number) => new Date(Date.now() - (60 - minutes) * 60_000);
    const record = (type: 'deal.expired' | 'deal.withdrawn', minutes: number) =>
      room.recorded(team, type, { title: 'x' }, { subjectId, occurredAt: at(minutes) });
    for (const n of [0, 1]) await record('deal.expired', n);
    await record('deal.withdrawn', 2);
    await record('deal.expired', 3);
    await room.read();
    const body = { target: 'activity', filter: 'type:deal.expired', days: 1, crossing: true };
    expect((await ask(body, team.owner)).body).toMatchObject({ count: 3, sent: 2 });
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
