import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { Room, type Shown } from '#test/subscriptions.js';

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;

const FILTER = 'origin:NYC price<=400';
const at = (id: string) => team.url(`subscriptions/${id}`);
const row = async (id: string) =>
  (await room.rows<Record<string, unknown>>('select * from subscription where id = $1', [id]))[0];
const told = (subjectId: string) => room.application.events({ subjectId });

beforeAll(async () => {
  room = await Room.open();
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team).create();
});
afterAll(() => room.close());

describe('subscribing', () => {
  it('keeps the filter as it was written and tells of it to its owner only', async () => {
    const answer = await room.call(ada, 'POST', team.url('subscriptions'), { name: ' Lisbon ', filter: FILTER });
    expect(answer.statusCode).toBe(201);
    const made = answer.json<Shown>();
    expect(made).toMatchObject({ name: 'Lisbon', target: 'deal', filter: FILTER, paused: false, version: 1 });
    expect(await row(made.id)).toMatchObject({
      workspace_id: team.id,
      user_id: ada.id,
      filter: FILTER,
      removed_at: null,
    });
    expect(await told(made.id)).toEqual([
      expect.objectContaining({
        type: 'subscription.created',
        workspaceId: team.id,
        actor: expect.objectContaining({ kind: 'user', id: ada.id }),
        data: { name: 'Lisbon', target: 'deal', filter: FILTER, paused: false },
      }),
    ]);
    const scopes = await room.rows(
      `select scope_kind, scope_id from (select subject_id, scope_kind, scope_id from event
         union select subject_id, scope_kind, scope_id from outbox) as e where subject_id = $1`,
      [made.id],
    );
    expect(scopes).toEqual([{ scope_kind: 'user', scope_id: ada.id }]);
  });

  it.each([
    ['', 'All deals'],
    ['  origin:NYC\n  price<400 ', 'origin:NYC price<400'],
    [`title:"${'😀'.repeat(80)}"`, `title:"${'😀'.repeat(56)}…`],
  ])('names %j after its filter', async (filter, name) => {
    expect(await room.subscribe(ada, team, filter)).toMatchObject({ name, filter });
  });

  it('refuses a filter with the position, what was expected and what may be meant', async () => {
    const before = await room.rows('select id from subscription where user_id = $1', [ada.id]);
    const answer = await room.call(ada, 'POST', team.url('subscriptions'), { filter: 'price<400 orign:NYC' });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      code: 'filter_refused',
      reason: 'unknown-field',
      position: { start: 10, end: 15 },
      suggestion: 'origin',
      errors: [{ path: '/body/filter', message: expect.stringMatching(/[.?]$/) }],
    });
    expect(await room.rows('select id from subscription where user_id = $1', [ada.id])).toHaveLength(before.length);
  });

  it.each([
    ['100,000 characters', 'a'.repeat(100_000), 'too-long'],
    ['100,000 characters of terms', 'a or '.repeat(20_000), 'too-long'],
    ['1,000 parentheses', `${'('.repeat(1000)}price<400${')'.repeat(1000)}`, 'too-deep'],
    ['4,000 negations', `${'-'.repeat(4000)}nonstop:true`, 'too-deep'],
    ['an endless list', `origin:${'NYC,'.repeat(2000)}BOS`, 'too-many-terms'],
  ])('refuses a filter of %s with a sentence', async (_, filter, reason) => {
    const answer = await room.call(ada, 'POST', team.url('subscriptions'), { filter });
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'filter_refused', reason, detail: expect.stringMatching(/^The filter .*\.$/) }),
    ]);
  });

  it.each([
    [{ filter: 'a', target: 'task' }, 'target_unknown', '/body/target'],
    [{ filter: 7 }, 'validation_failed', '/body/filter'],
    [{}, 'validation_failed', '/body/filter'],
    [{ filter: '', name: ' ' }, 'validation_failed', '/body/name'],
    [{ filter: '', name: 'two\nlines' }, 'validation_failed', '/body/name'],
    [{ filter: '', paused: 'no' }, 'validation_failed', '/body/paused'],
    [{ filter: '', userId: uuidv7() }, 'validation_failed', '/body/userId'],
    [{ filter: 'a\0b' }, 'validation_failed', '/body/filter'],
  ])('refuses %j', async (body, code, path) => {
    const answer = await room.call(ada, 'POST', team.url('subscriptions'), body);
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      expect.objectContaining({ code, errors: [expect.objectContaining({ path })] }),
    ]);
  });

  it('lets no viewer write, and lets them read', async () => {
    const viewer = await room.make.person().in(team, 'viewer').create();
    const id = uuidv7();
    for (const [method, url, body] of [
      ['POST', team.url('subscriptions'), { filter: '' }],
      ['PATCH', at(id), { paused: true }],
      ['DELETE', at(id), undefined],
    ] as const)
      expect((await room.call(viewer, method, url, body)).statusCode).toBe(403);
    expect((await room.call(viewer, 'GET', team.url('subscriptions'))).json()).toEqual({ items: [], nextCursor: null });
    expect(await room.rows('select id from subscription where user_id = $1', [viewer.id])).toEqual([]);
  });

  it('subscribes the person a key belongs to', async () => {
    const scopes = ['deals:read', 'subscriptions:read', 'subscriptions:write'] as const;
    const key = await room.make
      .apiKey(team, ada)
      .scopes(...scopes)
      .create();
    const answer = await room.call(key, 'POST', team.url('subscriptions'), { filter: 'z<-2' });
    expect(answer.statusCode).toBe(201);
    expect(await row(answer.json<Shown>().id)).toMatchObject({ user_id: ada.id });
    expect((await room.call(key, 'GET', at(answer.json<Shown>().id))).statusCode).toBe(200);
  });
});

describe('the most that one person may have', () => {
  it('is not passed by two requests at once', async () => {
    const eve = await room.make.person().in(team).create();
    await room.rows(
      `insert into subscription (id, workspace_id, user_id, name, target, filter, created_at, updated_at)
       select gen_random_uuid(), $1, $2, 'n', 'deal', '', now(), now() from generate_series(1, 999)`,
      [team.id, eve.id],
    );
    const subscribe = () => room.call(eve, 'POST', team.url('subscriptions'), { filter: '' });
    const answers = await Promise.all([subscribe(), subscribe(), subscribe()]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([201, 409, 409]);
    expect(answers.find((a) => a.statusCode === 409)?.json()).toMatchObject({ code: 'too_many_subscriptions' });
    const [count] = await room.rows('select count(*)::int as n from subscription where user_id = $1', [eve.id]);
    expect(count).toEqual({ n: 1000 });
    // Another person of the workspace, and a place that became free.
    await room.subscribe(ada, team, '');
    await room.rows(
      'update subscription set removed_at = now() where id = (select id from subscription where user_id = $1 limit 1)',
      [eve.id],
    );
    expect((await subscribe()).statusCode).toBe(201);
  });
});

describe('changing', () => {
  it('changes what is named, records before and after, and grows the ETag', async () => {
    const { id } = await room.subscribe(ada, team, FILTER, { name: 'One' });
    const read = await room.call(ada, 'GET', at(id));
    expect(read.headers.etag).toBe('W/"1"');
    const answer = await room.call(ada, 'PATCH', at(id), { paused: true }, { 'if-match': 'W/"1"' });
    expect([answer.statusCode, answer.headers.etag]).toEqual([200, 'W/"2"']);
    expect(answer.json()).toMatchObject({ id, name: 'One', filter: FILTER, paused: true, version: 2 });
    expect(await row(id)).toMatchObject({ paused: true, version: 2, filter: FILTER });
    const shape = { name: 'One', target: 'deal', filter: FILTER };
    expect((await told(id)).slice(1)).toEqual([
      expect.objectContaining({
        type: 'subscription.updated',
        data: { before: { ...shape, paused: false }, after: { ...shape, paused: true } },
      }),
    ]);
  });

  it('records nothing for a change that changes nothing', async () => {
    const { id } = await room.subscribe(ada, team, FILTER);
    const answer = await room.call(ada, 'PATCH', at(id), { paused: false, filter: FILTER });
    expect(answer.json()).toMatchObject({ version: 1 });
    expect((await told(id)).map(({ type }) => type)).toEqual(['subscription.created']);
  });

  it('lets one of several win who saw the same version', async () => {
    const { id } = await room.subscribe(ada, team, FILTER);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const answers = await Promise.all(
      names.map((name) => room.call(ada, 'PATCH', at(id), { name }, { 'if-match': 'W/"1"' })),
    );
    expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 412, 412, 412, 412]);
    const winner = answers.findIndex((a) => a.statusCode === 200);
    expect(await row(id)).toMatchObject({ name: names[winner], version: 2 });
    expect(await told(id)).toHaveLength(2);
    expect(answers.find((a) => a.statusCode === 412)?.headers.etag).toBe('W/"2"');
  });

  it('refuses a wrong filter and keeps the right one', async () => {
    const { id } = await room.subscribe(ada, team, FILTER);
    const answer = await room.call(ada, 'PATCH', at(id), { name: 'New', filter: 'price<' });
    expect(answer.json()).toMatchObject({ code: 'filter_refused', errors: [{ path: '/body/filter' }] });
    expect(await row(id)).toMatchObject({ filter: FILTER, name: FILTER, version: 1 });
    expect(await told(id)).toHaveLength(1);
  });
});

describe('removing', () => {
  it('hides it, keeps the row and records it once', async () => {
    const { id } = await room.subscribe(ada, team, FILTER);
    expect((await room.call(ada, 'DELETE', at(id), undefined, { 'if-match': '"7"' })).statusCode).toBe(412);
    const answers = await Promise.all([room.call(ada, 'DELETE', at(id)), room.call(ada, 'DELETE', at(id))]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 404]);
    expect(await row(id)).toMatchObject({ removed_at: expect.anything(), version: 2 });
    expect((await told(id)).map(({ type }) => type)).toEqual(['subscription.created', 'subscription.deleted']);
    for (const [method, body] of [['GET'], ['PATCH', { paused: true }], ['DELETE']] as const)
      expect((await room.call(ada, method, at(id), body)).json()).toMatchObject({ code: 'subscription_not_found' });
    const list = (await room.call(ada, 'GET', team.url('subscriptions?limit=200'))).json<{ items: Shown[] }>();
    expect(list.items.map((item) => item.id)).not.toContain(id);
  });
});

describe("other people's subscriptions", () => {
  it('do not exist: not for a colleague, an owner, another workspace or a key of another workspace', async () => {
    const mine = await room.subscribe(ada, team, FILTER);
    const bob = await room.make.person().in(team, 'admin').create();
    const elsewhere = await room.make.workspace().create();
    const ways = [
      { who: bob, url: at(mine.id) },
      { who: team.owner, url: at(mine.id) },
      { who: elsewhere.owner, url: elsewhere.url(`subscriptions/${mine.id}`) },
      { who: elsewhere.owner, url: at(mine.id) },
    ];
    for (const { who, url } of ways)
      for (const [method, path, body] of [
        ['GET', url],
        ['PATCH', url, { paused: true }],
        ['DELETE', url],
        ['GET', `${url}/deliveries`],
        ['GET', `${url}/mail-preview`],
      ] as const)
        expect((await room.call(who, method, path, body)).statusCode).toBe(404);
    // A person of both workspaces does not reach it through the other one either.
    const both = await room.make.person().in(team).in(elsewhere).create();
    const theirs = await room.subscribe(both, team, FILTER);
    expect((await room.call(both, 'GET', elsewhere.url(`subscriptions/${theirs.id}`))).statusCode).toBe(404);
    expect((await room.call(both, 'DELETE', elsewhere.url(`subscriptions/${theirs.id}`))).statusCode).toBe(404);
    for (const { id } of [mine, theirs]) expect(await row(id)).toMatchObject({ version: 1, removed_at: null });
    expect(await told(mine.id)).toHaveLength(1);
  });

  it('are not listed', async () => {
    const cleo = await room.make.person().in(team).create();
    const own = await room.subscribe(cleo, team, 'z<0');
    await room.subscribe(ada, team, 'z<1');
    const { items } = (await room.call(cleo, 'GET', team.url('subscriptions'))).json<{ items: Shown[] }>();
    expect(items.map((item) => item.id)).toEqual([own.id]);
  });
});

describe('the list', () => {
  it('is paged in every order, each item once', async () => {
    const dora = await room.make.person().in(team).create();
    const names = ['d', 'a', 'c', 'a', 'b'];
    for (const name of names) await room.subscribe(dora, team, '', { name });
    const walk = async (sort: string) => {
      const seen: Shown[] = [];
      for (let cursor = ''; ;) {
        const url = team.url(`subscriptions?limit=2&sort=${sort}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        const page = (await room.call(dora, 'GET', url)).json<{ items: Shown[]; nextCursor: string | null }>();
        seen.push(...page.items);
        if (page.nextCursor === null) return seen;
        cursor = page.nextCursor;
      }
    };
    expect((await walk('name')).map(({ name }) => name)).toEqual(['a', 'a', 'b', 'c', 'd']);
    expect((await walk('createdAt')).map(({ name }) => name)).toEqual(names);
    expect(new Set((await walk('-createdAt')).map(({ id }) => id)).size).toBe(5);
  });
});
