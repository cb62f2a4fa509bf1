import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Reads } from '#platform/database/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { happened, notificationOf, tell } from '#test/notifications.js';
import { Room } from '#test/subscriptions.js';
import type { ToldEvent } from '#platform/notifications/index.js';
import { InboxRetention } from './inbox-retention.js';

jest.setTimeout(60_000);

let room: Room;
let team: TestWorkspace;
let side: TestWorkspace;
let event: ToldEvent;

beforeAll(async () => {
  room = await Room.open();
  [team, side] = [await room.make.workspace().create(), await room.make.workspace().create()];
  event = await happened(room, team, { title: 'Boston to Lisbon' });
});
afterAll(() => room.close());

const member = () => room.make.person().in(team).create();
/** Tells somebody of an event, without any channel. @returns the notification's id */
async function told(who: TestPerson, of: ToldEvent = event, workspaceId = team.id, more: object = {}): Promise<string> {
  const one = notificationOf({ userId: who.id, workspaceId }, [of], { channels: [], ...more });
  await tell(room, [one]);
  return one.id;
}
interface Item {
  id: string;
  workspaceId: string;
  title: string | null;
  position: number;
  readAt: string | null;
  archivedAt: string | null;
  snoozedUntil: string | null;
}
interface List {
  items: Item[];
  nextCursor: string | null;
}
const get = async <T = List>(who: TestPerson, path: string): Promise<T> => {
  const answer = await room.call(who, 'GET', `/api/v1/${path}`);
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
  return answer.json<T>();
};
const ids = async (who: TestPerson, query = '') =>
  (await get(who, `me/notifications${query}`)).items.map(({ id }) => id);
const patch = (who: TestPerson, id: string, body: object) =>
  room.call(who, 'PATCH', `/api/v1/me/notifications/${id}`, body);
const changed = async (id: string) =>
  (await room.application.events({ subjectId: id })).filter(({ type }) => type !== 'notification.created');

describe('an inbox', () => {
  it('reaches over all workspaces, and one at a time, newest first, page by page', async () => {
    const ada = await room.make.person().in(team).in(side).create();
    const elsewhere = await happened(room, side, { title: 'Elsewhere' });
    const all = [await told(ada), await told(ada), await told(ada, elsewhere, side.id)].reverse();
    expect(await ids(ada)).toEqual(all);
    const first = await get(ada, 'me/notifications?limit=2');
    const second = await get(ada, `me/notifications?limit=2&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all);
    const here = await room.call(ada, 'GET', side.url('notifications'));
    expect(here.json<List>().items).toEqual([
      expect.objectContaining({ id: all[0], workspaceId: side.id, title: 'Found: Elsewhere', readAt: null }),
    ]);
  });

  it('is asked in the filter language, of its own fields alone', async () => {
    const ada = await member();
    const [one, two] = [await told(ada), await told(ada, await happened(room, team), team.id, { total: 9 })];
    await patch(ada, one, { read: true });
    expect(await ids(ada, '?filter=read:false')).toEqual([two]);
    expect(await ids(ada, `?filter=${encodeURIComponent(`total>5 topic:deal workspace:${team.id}`)}`)).toEqual([two]);
    expect(await ids(ada, `?filter=subject:${event.subjectId}`)).toEqual([one]);
    const wrong = await room.call(ada, 'GET', '/api/v1/me/notifications?filter=price%3C400');
    expect([wrong.statusCode, wrong.json()]).toEqual([400, expect.objectContaining({ code: 'filter_refused' })]);
    const asked = { target: 'notification', filter: '' };
    expect((await room.call(ada, 'POST', team.url('subscriptions'), asked)).statusCode).toBe(400);
  });

  it('shows nobody what is another’s, or what they may not see any more', async () => {
    const [ada, eve] = [await member(), await member()];
    const [hers, own] = [await told(ada), await told(eve)];
    expect(await ids(eve)).toEqual([own]);
    for (const answer of [
      await room.call(eve, 'GET', `/api/v1/me/notifications/${hers}`),
      await patch(eve, hers, { read: true }),
    ])
      expect([answer.statusCode, answer.json()]).toEqual([
        404,
        expect.objectContaining({ code: 'notification_not_found' }),
      ]);
    await room.demote(ada, team, ['workspace:read', 'subscriptions:read']);
    expect(await ids(ada)).toEqual([]);
    expect((await patch(ada, hers, { read: true })).statusCode).toBe(404);
    expect(await get(ada, 'me/unread-notifications')).toEqual({ total: 0, workspaces: [] });
    await room.rows('delete from membership where user_id = $1 returning 1', [eve.id]);
    expect(await ids(eve)).toEqual([]);
    const [row] = await room.rows<{ read_at: unknown }>('select read_at from notification where id = $1', [hers]);
    expect([row?.read_at, await changed(hers)]).toEqual([null, []]);
  });

  it('is for people: a key reads its workspace, and nothing beyond', async () => {
    const ada = await member();
    const id = await told(ada);
    const key = await room.make.apiKey(team, ada).scopes('subscriptions:read', 'deals:read').create();
    const narrow = await room.make.apiKey(team, ada).scopes('subscriptions:read').create();
    expect((await room.call(key, 'GET', team.url('notifications'))).json<List>().items.map((item) => item.id)).toEqual([
      id,
    ]);
    expect((await room.call(narrow, 'GET', team.url('notifications'))).json<List>().items).toEqual([]);
    expect((await room.call(key, 'GET', '/api/v1/me/notifications')).statusCode).toBe(403);
  });

  it('shows a key what is its person’s own only where it may read such events', async () => {
    const ada = await member();
    const own = await happened(room, team, {}, { kind: 'user', id: ada.id });
    const id = await told(ada, own);
    const key = await room.make.apiKey(team, ada).scopes('subscriptions:read', 'deals:read').create();
    const narrow = await room.make.apiKey(team, ada).scopes('subscriptions:read').create();
    const seen = async (who: typeof key | TestPerson) => {
      const list = (await room.call(who, 'GET', team.url('notifications'))).json<List>();
      const unread = (await room.call(who, 'GET', team.url('unread-notifications'))).json<{ total: number }>();
      return [list.items.map((item) => item.id), unread.total];
    };
    expect([await seen(ada), await seen(key), await seen(narrow)]).toEqual([
      [[id], 1],
      [[id], 1],
      [[], 0],
    ]);
    await room.demote(ada, team, ['workspace:read', 'subscriptions:read']);
    expect(await seen(ada)).toEqual([[id], 1]);
  });

  it('says why: filter, terms, events, and where else it went', async () => {
    const ada = await member();
    const { id: source } = await room.subscribe(ada, team, 'z:-99', { name: 'Rare' });
    const id = await told(ada, event, team.id, {
      source: { type: 'subscription', id: source },
      reason: { filter: 'price<400 z:1', terms: [{ start: 0, end: 9 }] },
      channels: ['mail'],
    });
    expect(await get(ada, `me/notifications/${id}`)).toMatchObject({
      id,
      title: 'Found: Boston to Lisbon',
      heading: 'Boston to Lisbon',
      source: { type: 'subscription', id: source },
      blocks: [{ type: 'text', text: 'Boston to Lisbon' }],
      why: {
        name: 'Rare',
        filter: 'price<400 z:1',
        terms: [{ start: 0, end: 9 }],
        events: [{ id: event.id, type: 'deal.found', title: 'Found: Boston to Lisbon' }],
      },
      deliveries: [{ channel: 'mail' }],
    });
  });
});

describe('what somebody does with a notification', () => {
  it('is marked, archived, put off and taken back, each as state and event', async () => {
    const ada = await member();
    const id = await told(ada);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const steps: [object, object, string][] = [
      [{ read: true }, { read: true, archived: false, snoozedUntil: null }, 'inbox'],
      [{ snoozedUntil: until }, { read: false, archived: false, snoozedUntil: until }, 'snoozed'],
      [{ snoozedUntil: null }, { read: false, archived: false, snoozedUntil: null }, 'inbox'],
      [{ archived: true }, { read: true, archived: true, snoozedUntil: null }, 'archived'],
      [{ archived: false, read: false }, { read: false, archived: false, snoozedUntil: null }, 'inbox'],
    ];
    for (const [change, data, box] of steps) {
      expect((await patch(ada, id, change)).statusCode).toBe(204);
      for (const name of ['inbox', 'snoozed', 'archived'])
        expect([name, await ids(ada, `?box=${name}`)]).toEqual([name, name === box ? [id] : []]);
      expect((await changed(id)).at(-1)).toMatchObject({ type: 'notification.updated', workspaceId: team.id, data });
    }
    await patch(ada, id, { read: false });
    expect(await changed(id)).toHaveLength(steps.length);
  });

  it.each([
    [{}, /must change something/],
    [{ read: 'yes' }, /boolean/i],
    [{ snoozedUntil: 'tomorrow' }, /must be a time/],
    [{ snoozedUntil: '2020-01-01T00:00:00Z' }, /must be in the future/],
  ])('is refused as %j', async (body, sentence) => {
    const ada = await member();
    const id = await told(ada);
    const answer = await patch(ada, id, body);
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringMatching(sentence)]);
    expect(await changed(id)).toEqual([]);
  });

  it('is reported item by item where they are many', async () => {
    const [ada, eve] = [await member(), await member()];
    const [one, two, hers] = [await told(ada), await told(ada), await told(eve)];
    await patch(ada, two, { archived: true });
    const nothing = uuidv7();
    const items = [one, two, hers, nothing].map((id) => ({ id, archived: true }));
    const answer = await room.call(ada, 'POST', '/api/v1/me/notification-changes', { items });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        items: [
          { id: one, status: 'changed' },
          { id: two, status: 'unchanged' },
          { id: hers, status: 'not_found' },
          { id: nothing, status: 'not_found' },
        ],
      },
    ]);
    expect([await ids(ada), await ids(eve)]).toEqual([[], [hers]]);
    expect((await changed(one)).map(({ type }) => type)).toEqual(['notification.updated']);
    expect(await changed(hers)).toEqual([]);
  });

  it('marks all up to what was seen, and leaves what came since', async () => {
    const ada = await room.make.person().in(team).in(side).create();
    const later = await happened(room, side);
    const [one, two] = [await told(ada), await told(ada)];
    const three = await told(ada, later, side.id);
    expect(await get(ada, 'me/unread-notifications')).toMatchObject({ total: 3 });
    const read = (body: object) => room.call(ada, 'POST', '/api/v1/me/notification-readings', body);
    expect((await read({ upTo: event.position })).json()).toEqual({ changed: 2 });
    expect((await read({ upTo: event.position })).json()).toEqual({ changed: 0 });
    expect(await get(ada, 'me/unread-notifications')).toEqual({
      total: 1,
      workspaces: [{ workspaceId: side.id, unread: 1, topics: [{ topic: 'deal', unread: 1 }] }],
    });
    expect(await ids(ada, '?filter=read:false')).toEqual([three]);
    expect((await ids(ada, '?filter=read:true')).sort()).toEqual([one, two].sort());
    expect(await changed(ada.id)).toEqual([
      expect.objectContaining({ type: 'inbox.read', workspaceId: team.id, data: { upTo: event.position, count: 2 } }),
    ]);
    expect((await read({ upTo: later.position, workspaceId: team.id })).json()).toEqual({ changed: 0 });
  });

  it('groups what is about one thing', async () => {
    const ada = await member();
    const other = await happened(room, team, { title: 'Another' });
    const [first] = [await told(ada), await told(ada, other), await told(ada)];
    await patch(ada, first, { read: true });
    const { items } = await get<{ items: object[] }>(ada, 'me/notification-groups');
    expect(items).toEqual([
      expect.objectContaining({ subject: { type: 'deal', id: event.subjectId }, count: 2, unread: 1 }),
      expect.objectContaining({
        subject: { type: 'deal', id: other.subjectId },
        count: 1,
        newest: expect.objectContaining({ title: 'Found: Another' }),
      }),
    ]);
  });
});

/** A step of a plan, as PostgreSQL explains it. */
interface Node {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}
/** How many notifications were looked at. */
function rowsRead({ Plans = [], ...node }: Node): number {
  const each = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0);
  const own = node['Relation Name'] === 'notification' ? each * node['Actual Loops'] : 0;
  return own + Plans.reduce((all, plan) => all + rowsRead(plan), 0);
}

describe('a huge inbox', () => {
  const MANY = 12_001;
  /** An inbox of many, about so many things more than the one of `event`. */
  async function huge(things = 1000): Promise<TestPerson> {
    const ada = await member();
    const id = await told(ada);
    await room.rows(
      `insert into notification (id, workspace_id, user_id, topic, type, subject_type, subject_id, scope_kind, position, events,
              total, form, created_at)
       select gen_random_uuid(), workspace_id, user_id, topic, type, subject_type, 'thing ' || i % ${things}, scope_kind, position,
              events, total, form, created_at - make_interval(secs => i)
         from notification, generate_series(1, ${MANY - 1}) i where id = $1 returning 1`,
      [id],
    );
    return ada;
  }

  it('is read some at a time, each a state and an event', async () => {
    const ada = await huge();
    const answer = await room.call(ada, 'POST', '/api/v1/me/notification-readings', { upTo: event.position });
    expect([answer.statusCode, answer.json()]).toEqual([200, { changed: MANY }]);
    expect(await get(ada, 'me/unread-notifications')).toEqual({ total: 0, workspaces: [] });
    expect((await changed(ada.id)).map(({ data }) => data)).toEqual(
      [5000, 5000, MANY - 10_000].map((count) => ({ upTo: event.position, count })),
    );
  });

  it('costs a page what a small one costs, however much stands in the box or in another one', async () => {
    const [ada, few] = [await huge(), await huge(3)];
    const statements = jest.spyOn(Reads.prototype, 'adHoc');
    const counts = jest.spyOn(Reads.prototype, 'all');
    const boxes = ['inbox', 'archived', 'snoozed', 'all'];
    expect((await ids(ada, '?limit=20')).length).toBe(20);
    for (const box of boxes) await ids(ada, `?limit=20&box=${box}`);
    await get(ada, 'me/notification-groups?limit=20');
    const groups = await get<{ items: { count: number; unread: number }[] }>(few, 'me/notification-groups?limit=20');
    expect(groups.items.map(({ count, unread }) => [count, unread])).toEqual([
      [1, 1],
      ...Array.from({ length: 3 }, () => [100, 100]),
    ]);
    expect(await get(ada, 'me/unread-notifications')).toMatchObject({ total: 1000, workspaces: [{ unread: 1000 }] });
    await room.rows(`update notification set archived_at = now() where user_id = $1 and id <> $2 returning 1`, [
      ada.id,
      (await ids(ada, '?limit=1'))[0],
    ]);
    await room.rows(`analyze notification`);
    for (const box of boxes) await ids(ada, `?limit=20&box=${box}`);
    expect(await get(ada, 'me/unread-notifications')).toMatchObject({ total: 1 });
    const asked = [
      ...statements.mock.calls.map(([text, values]) => [text, values] as const),
      ...counts.mock.calls.flatMap(([name, text, values]) =>
        ['notifications.unread', 'notifications.things'].includes(name) ? [[text, values] as const] : [],
      ),
    ];
    jest.restoreAllMocks();
    expect(asked).toHaveLength(16);
    for (const [text, values] of asked) {
      const [plan] = await room.rows<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json) ${text}`, [
        ...values,
      ]);
      expect(rowsRead(plan!['QUERY PLAN'][0].Plan)).toBeLessThan(4000);
    }
  });

  it('is grouped by the newest of each thing, page by page, each thing once', async () => {
    const ada = await huge();
    const seen: { subject: { id: string }; count: number; unread: number }[] = [];
    let cursor: string | null = '';
    for (let page = 0; page < 6 && cursor !== null; page++) {
      const of: { items: typeof seen; nextCursor: string | null } = await get(
        ada,
        `me/notification-groups?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...of.items);
      cursor = of.nextCursor;
    }
    const things = Array.from({ length: 1000 }, (_, i) => `thing ${(i + 1) % 1000}`);
    expect([seen.map(({ subject }) => subject.id), cursor]).toEqual([[event.subjectId, ...things], null]);
    expect(seen.slice(1).every(({ count, unread }) => count === 12 && unread === 12)).toBe(true);
    const read = await get<{ items: object[] }>(ada, 'me/notification-groups?filter=read:true');
    expect(read.items).toEqual([]);
  });
});

describe('what was archived', () => {
  it('is removed when its time is over, and nothing else is', async () => {
    const ada = await member();
    const [old, young, kept] = [await told(ada), await told(ada), await told(ada)];
    await room.rows(`update notification set archived_at = now() - interval '91 days' where id = $1 returning 1`, [
      old,
    ]);
    await room.rows(`update notification set archived_at = now() - interval '89 days' where id = $1 returning 1`, [
      young,
    ]);
    await room.rows(`update notification set created_at = now() - interval '5 years' where id = $1 returning 1`, [
      kept,
    ]);
    expect(await room.application.app.get(InboxRetention).look()).toBe(1);
    expect((await ids(ada, '?box=all')).sort()).toEqual([young, kept].sort());
  });
});
