import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrateDown, migrateUp } from '#platform/database/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { createTestDatabase } from '#test/harness.js';
import { Room } from '#test/subscriptions.js';
import { Unsubscriptions } from '../unsubscriptions/unsubscriptions.js';

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;
let bea: TestPerson;

beforeAll(async () => {
  room = await Room.open();
});
beforeEach(async () => {
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team).create();
  bea = await room.make.person().in(team).prefers({ currency: 'EUR' }).create();
});
afterAll(() => room.close());

const share = (filter: string, more: object = {}) => room.subscribe(ada, team, filter, { shared: true, ...more });
const at = (id: string) => team.url(`subscriptions/${id}`);
const join = (who: TestPerson, id: string) => room.call(who, 'PUT', `${at(id)}/participation`);
const leave = (who: TestPerson, id: string) => room.call(who, 'DELETE', `${at(id)}/participation`);
/** Who was told of an event by a subscription. */
const told = async (id: string) => {
  await room.read();
  return (await room.matches(id)).map(({ user_id }) => user_id).sort();
};
const events = async (id: string) =>
  (
    await room.rows<{ told: string }>(
      `select concat_ws(' ', type, scope_kind) as told from (
         select type, scope_kind, seq, null::bigint as position from outbox where subject_id = $1
         union all select type, scope_kind, null, position from event where subject_id = $1) as e
        order by position nulls last, seq`,
      [id],
    )
  ).map(({ told: one }) => one);

describe('a shared subscription', () => {
  it('is everybody’s to see, and tells who made it and those who join, each in their own words', async () => {
    const { id } = await share('z:-1 price<=400');
    const carl = await room.make.person().in(team).create();
    const mine = (await room.call(bea, 'GET', at(id))).json();
    expect(mine).toMatchObject({ shared: true, joined: false });
    const listed = (await room.call(bea, 'GET', team.url('subscriptions'))).json<{ items: { id: string }[] }>();
    expect(listed.items.map((one) => one.id)).toEqual([id]);
    expect((await join(bea, id)).json()).toMatchObject({ id, shared: true, joined: true });
    expect((await room.call(bea, 'GET', at(id))).json()).toMatchObject({ joined: true });
    // About 414 USD: too much for Ada, not for Bea, and Carl did not ask.
    await room.found(team, { z: -1, priceMinor: 36_000, currency: 'EUR' });
    expect(await told(id)).toEqual([bea.id]);
    await room.found(team, { z: -1, priceMinor: 10_000 });
    expect(await told(id)).toEqual([ada.id, bea.id, bea.id].sort());
    const [match] = await room.matches(id);
    expect(await room.notifications(match!.seat_id)).toMatchObject([
      { user_id: bea.id, source_type: 'shared_subscription' },
      { user_id: bea.id, source_type: 'shared_subscription' },
    ]);
    expect(await events(id)).toEqual([
      'subscription.created workspace',
      'subscription.joined user',
      'subscription.joined user',
    ]);
    const list = async (who: TestPerson) =>
      (await room.call(who, 'GET', `${at(id)}/matches`)).json<{ items: object[] }>().items.length;
    expect([await list(ada), await list(bea), await list(carl)]).toEqual([1, 2, 0]);
  });

  it('is joined and left once, however often one asks', async () => {
    const { id } = await share('z:-2');
    await Promise.all([join(bea, id), join(bea, id), join(bea, id)]);
    expect((await leave(bea, id)).statusCode).toBe(204);
    expect((await leave(bea, id)).statusCode).toBe(204);
    expect((await events(id)).slice(2)).toEqual(['subscription.joined user', 'subscription.left user']);
    await room.found(team, { z: -2 });
    expect(await told(id)).toEqual([ada.id]);
  });

  it('is left, and not ended for the others, by the link in a mail', async () => {
    const { id } = await share('z:-3');
    await join(bea, id);
    await room.found(team, { z: -3 });
    await room.read();
    const match = (await room.matches(id)).find(({ user_id }) => user_id === bea.id);
    const url = new URL(room.application.app.get(Unsubscriptions).url(match!.seat_id)).pathname;
    const ended = await room.call(null, 'POST', url, {});
    expect([ended.statusCode, ended.body]).toEqual([200, expect.stringContaining('sends you no more mail')]);
    expect((await room.call(null, 'POST', url, {})).statusCode).toBe(200);
    await room.found(team, { z: -3 });
    expect(await told(id)).toEqual([ada.id, ada.id, bea.id].sort());
    expect((await room.call(ada, 'GET', at(id))).json()).toMatchObject({ paused: false });
    expect((await events(id)).at(-1)).toBe('subscription.left user');
  });

  it('stays when who made it leaves, who is told no more', async () => {
    const { id } = await share('z:-4');
    await join(bea, id);
    const removed = await room.call(team.owner, 'DELETE', team.url(`members/${ada.id}`));
    expect(removed.statusCode).toBe(204);
    await room.found(team, { z: -4 });
    expect(await told(id)).toEqual([bea.id]);
    expect(await room.rows('select 1 from subscription_participant where user_id = $1', [ada.id])).toEqual([]);
  });

  it('is changed and removed by every member who may subscribe, with the version of what they saw', async () => {
    const { id } = await share('z:-5');
    const changed = await room.call(bea, 'PATCH', at(id), { filter: 'z:-6' }, { 'if-match': '"1"' });
    expect(changed.json()).toMatchObject({ filter: 'z:-6', joined: false, version: 2 });
    expect((await room.call(ada, 'PATCH', at(id), { filter: 'z:-7' }, { 'if-match': '"1"' })).statusCode).toBe(412);
    const viewer = await room.make.person().in(team, 'viewer').create();
    expect((await room.call(viewer, 'GET', at(id))).statusCode).toBe(200);
    expect((await room.call(viewer, 'PATCH', at(id), { paused: true })).statusCode).toBe(403);
    expect((await join(viewer, id)).statusCode).toBe(403);
    expect((await room.call(bea, 'DELETE', at(id))).statusCode).toBe(204);
    expect((await room.call(ada, 'GET', at(id))).statusCode).toBe(404);
    expect((await events(id)).at(-1)).toBe('subscription.deleted workspace');
  });

  it('is nothing to other workspaces, to who may not see what it is about, and one’s own is not joined', async () => {
    const { id } = await share('z:-8');
    const stranger = await room.make.person().create();
    expect((await join(stranger, id)).statusCode).toBe(404);
    const elsewhere = await room.make.workspace().ownedBy(bea).create();
    const through = elsewhere.url(`subscriptions/${id}/participation`);
    expect((await room.call(bea, 'PUT', through)).statusCode).toBe(404);
    await room.demote(bea, team, ['workspace:read', 'subscriptions:read', 'subscriptions:write']);
    expect((await join(bea, id)).json()).toMatchObject({ status: 403, code: 'target_hidden' });
    const own = await room.subscribe(ada, team, 'z:-8');
    expect((await join(ada, own.id)).json()).toMatchObject({ status: 409, code: 'subscription_not_shared' });
    expect((await leave(ada, own.id)).json()).toMatchObject({ status: 409, code: 'subscription_not_shared' });
  });

  it('posts to a channel for whoever chose it, by their rights, once, and never what is for one alone', async () => {
    const [channel] = await room.rows<{ id: string }>(
      `insert into notification_channel (id, workspace_id, kind, name, settings)
       values (gen_random_uuid(), $1, 'slack', 'Everybody', '') returning id`,
      [team.id],
    );
    const posts = async (id: string) => {
      await room.read();
      return room.rows<{ user_id: string }>(
        `select d.user_id from delivery d join notification n on n.id = d.notification_id
           join subscription_participant p on p.id = n.source_id
          where p.subscription_id = $1 and d.channel_id = $2 order by d.id`,
        [id, channel!.id],
      );
    };
    const { id } = await share('z:-9', { channels: [channel!.id] });
    await join(bea, id);
    await room.found(team, { z: -9 });
    expect(await told(id)).toEqual([ada.id, bea.id].sort());
    expect(await posts(id)).toEqual([{ user_id: ada.id }]);
    await room.found(team, { z: -9 }, { scope: { kind: 'user', id: ada.id } });
    expect(await told(id)).toHaveLength(3);
    expect(await posts(id)).toHaveLength(1);
    // Whoever widens it answers for it: by Ada's rights nothing more is posted.
    expect((await room.call(bea, 'PATCH', at(id), { filter: '' })).statusCode).toBe(200);
    await room.found(team, { z: -9 });
    expect(await told(id)).toHaveLength(5);
    expect(await posts(id)).toEqual([{ user_id: ada.id }, { user_id: bea.id }]);
    expect((await room.call(team.owner, 'PATCH', at(id), { channels: ['mail', channel!.id] })).statusCode).toBe(200);
    await room.found(team, { z: -9 });
    expect(await told(id)).toHaveLength(7);
    expect(await posts(id)).toHaveLength(2);
  });
});

describe('channels that were named before it was kept by whom', () => {
  it('are those of who edited the subscription last, if they take part', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const id = (n: number) => `01900000-0000-7000-8000-00000000000${n}`;
    const [team, ada, bea, hers, gone, unnamed] = [1, 2, 3, 4, 5, 6].map(id);
    await client.query(`
      create table if not exists event_p1 partition of event for values from (1) to (1000001);
      insert into user_account (id, email, email_key, name, locale, time_zone, currency)
      select u::uuid, u, u, u, 'en', 'UTC', 'USD' from unnest(array['${ada}', '${bea}']) u;
      insert into workspace (id, name) values ('${team}', 'Acme');
      insert into subscription (id, workspace_id, user_id, name, target, filter, version, plan, created_at, updated_at)
      select s.id::uuid, '${team}', null, 'S', 'deal', '', 1, s.plan::jsonb, now(), now()
        from (values ('${hers}', '{"channels": ["x"]}'), ('${gone}', '{"channels": ["x"]}'), ('${unnamed}', '{}')) s(id, plan);
      insert into subscription_participant (id, subscription_id, user_id, joined_at)
      select gen_random_uuid(), s.id, u.id, now() from subscription s, user_account u
       where u.id = '${ada}' or s.id <> '${gone}';
      insert into event (position, id, workspace_id, scope_kind, type, version, subject_type, subject_id, actor, data, salt, occurred_at, hash)
      select row_number() over (), gen_random_uuid(), '${team}', 'workspace', 'subscription.' || e.act, 1, 'subscription', s.id,
             jsonb_build_object('kind', 'user', 'id', e.who, 'userId', e.who), '{}', 'x', now(), sha256(random()::text::bytea)
        from subscription s, (values (1, 'created', '${ada}'), (2, 'updated', '${bea}'), (3, 'joined', '${ada}')) e(n, act, who)
       order by s.id, e.n`);
    await migrateDown(database.url, 'FiltersOfLists0035');
    expect(await migrateUp(database.url)).toContain('LastEditors0036');
    const { rows } = await client.query('select id, channels_by from subscription order by id');
    await client.end();
    await database.drop();
    expect(rows).toEqual([
      { id: hers, channels_by: bea },
      { id: gone, channels_by: null },
      { id: unnamed, channels_by: null },
    ]);
  });
});
