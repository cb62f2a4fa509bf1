import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import { EventSight } from '#platform/filters/index.js';
import { dealFound } from '#test/deals.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { Room } from '#test/subscriptions.js';
import { SubscriptionsPersonalData } from '../subscriptions.personal-data.js';
import { MatchRetention } from './match-retention.js';
import { Releases } from './releases.js';

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;

beforeAll(async () => {
  // Long enough that a burst is not over before its spec has looked; due times are moved instead of waited for.
  room = await Room.open({ SIGNALBOX_BURST_MATCHES: '3', SIGNALBOX_BURST_WINDOW_MS: '600000' });
});
beforeEach(async () => {
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team).create();
});
afterAll(() => room.close());

const deal = (id: string, data: Partial<EventData<'deal.found'>> = {}, occurredAt?: Date) =>
  room.recorded(team, 'deal.found', dealFound(data), { subjectId: id, ...(occurredAt && { occurredAt }) });
const outcomes = async (id: string) => {
  await room.read();
  return (await room.matches(id)).map(({ state, why }) => why ?? state);
};
/** As if what waits had waited for eight days. */
const dueNow = (id: string) =>
  room.rows(
    `update subscription_match set due_at = now(), created_at = created_at - interval '8 days'
      where subscription_id = $1 and state = 'waiting'`,
    [id],
  );
const released = (id: string) =>
  room.until(async () => (await room.matches(id)).every(({ state }) => state !== 'waiting'));
const patch = async (id: string, change: object, who = ada) => {
  const answer = await room.call(who, 'PATCH', team.url(`subscriptions/${id}`), change);
  expect([answer.statusCode, answer.body]).toEqual([200, expect.anything()]);
};
/** Quiet hours in which it is now, in UTC. */
const quietNow = () => {
  const hour = (n: number) => `${String((new Date().getUTCHours() + n + 24) % 24).padStart(2, '0')}:00`;
  return { from: hour(-1), to: hour(2) };
};

describe('a match', () => {
  it('is told with the filter and the terms that were true', async () => {
    const filter = 'destination:country:PT (price<=100 or cabin:economy)';
    const { id } = await room.subscribe(ada, team, filter);
    const eventId = await deal(uuidv7());
    expect(await outcomes(id)).toEqual(['told']);
    const [match] = await room.matches(id);
    const [told] = await room.notifications(id);
    const terms = ['destination:country:PT', 'cabin:economy'];
    expect(told?.reason?.terms.map(({ start, end }) => filter.slice(start, end))).toEqual(terms);
    expect(told).toMatchObject({
      id: match?.notification_id,
      user_id: ada.id,
      source_type: 'subscription',
      form: 'single',
    });
    expect(told).toMatchObject({ total: 1, events: [{ id: eventId }], reason: { filter } });
    expect(match).toMatchObject({ seat_id: id, user_id: ada.id, reason: told?.reason });
  });

  it('is held back when it may not be seen any more, and hides nothing older however many there are', async () => {
    const rita = await room.make.person().in(team).create();
    const projectId = uuidv7();
    await room.rows(
      `insert into project_membership (workspace_id, project_id, user_id, role) values ($1, $2, $3, 'member') returning role`,
      [team.id, projectId, rita.id],
    );
    const { id } = await room.subscribe(rita, team, 'z:-7', { rhythm: { kind: 'daily', hour: 8 } });
    const open = await deal(uuidv7(), { z: -7 });
    await room.found(team, { z: -7 }, { scope: { kind: 'project', id: projectId } });
    await room.read();
    // As if a thousand more had come to the project, all of them newer.
    await room.rows(
      `insert into subscription_match
       select (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'event_id', gen_random_uuid(),
                 'event_position', m.event_position + i))).*
         from subscription_match m, generate_series(1, 1100) i
        where m.subscription_id = $1 and m.scope_kind = 'project' returning id`,
      [id],
    );
    await room.rows('delete from project_membership where project_id = $1 returning role', [projectId]);
    await dueNow(id);
    await released(id);
    const [told, ...more] = await room.notifications(id);
    expect([told?.events.map((event) => event.id), told?.total, more]).toEqual([[open], 1, []]);
    const matches = await room.matches(id);
    const hidden = matches.filter(({ state, why }) => state === 'held' && why === 'hidden');
    expect([matches.length, hidden.length]).toEqual([1102, 1101]);
    expect(matches.find(({ state }) => state === 'told')).toMatchObject({ event_id: open, notification_id: told?.id });
  });

  it('waits for the digest of the person’s morning, and is told with all that waited, once', async () => {
    const rita = await room.make.person().in(team).prefers({ timeZone: 'Asia/Kolkata' }).create();
    const { id } = await room.subscribe(rita, team, 'z:-1', { rhythm: { kind: 'daily', hour: 8 } });
    const events = [];
    for (let n = 0; n < 5; n++) events.push(await deal(uuidv7(), { z: -1 }));
    expect(await outcomes(id)).toEqual(Array.from({ length: 5 }, () => 'digest'));
    const [due] = await room.matches(id);
    // 08:00 there is half past two here.
    expect(new Date(due!.due_at!).toISOString()).toMatch(/T02:30:00\.000Z$/);
    expect(await room.notifications(id)).toEqual([]);
    await dueNow(id);
    const releases = room.application.app.get(Releases);
    await Promise.all([releases.release(), releases.release(), releases.release()]);
    await released(id);
    const told = await room.notifications(id);
    expect(told).toMatchObject([{ form: 'digest', total: 5 }]);
    expect(told[0]?.events.map((event) => event.id)).toEqual(events);
    expect(new Set((await room.matches(id)).map((match) => match.notification_id))).toEqual(new Set([told[0]?.id]));
  });

  it('waits in quiet hours and while snoozed, and is told when that ends early', async () => {
    const quiet = await room.subscribe(ada, team, 'z:-2', { quietHours: quietNow() });
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const snoozed = await room.subscribe(ada, team, 'z:-2', { snoozedUntil: tomorrow });
    await deal(uuidv7(), { z: -2 });
    await deal(uuidv7(), { z: -2 });
    expect(await outcomes(quiet.id)).toEqual(['quiet', 'quiet']);
    expect(await outcomes(snoozed.id)).toEqual(['snoozed', 'snoozed']);
    // A look that comes too early changes nothing but the time of the next.
    await dueNow(quiet.id);
    await room.until(async () => (await room.matches(quiet.id)).every(({ due_at }) => new Date(due_at!) > new Date()));
    expect(await room.notifications(quiet.id)).toEqual([]);
    await patch(quiet.id, { quietHours: null });
    await patch(snoozed.id, { snoozedUntil: null });
    await Promise.all([released(quiet.id), released(snoozed.id)]);
    expect(await room.notifications(quiet.id)).toMatchObject([{ form: 'burst', total: 2 }]);
    expect(await room.notifications(snoozed.id)).toMatchObject([{ form: 'digest', total: 2 }]);
  });

  it('goes on waiting for its digest when something else of the plan changes', async () => {
    const hour = (new Date().getUTCHours() + 12) % 24;
    const { id } = await room.subscribe(ada, team, 'z:-20', { rhythm: { kind: 'daily', hour } });
    await deal(uuidv7(), { z: -20 });
    await room.read();
    const [before] = await room.matches(id);
    await patch(id, { quietHours: { from: '00:00', to: '00:01' } });
    await room.until(async () => new Date((await room.matches(id))[0]!.due_at!) > new Date());
    expect(await room.matches(id)).toEqual([before]);
    await patch(id, { rhythm: { kind: 'immediate' } });
    await released(id);
    expect(await room.notifications(id)).toMatchObject([{ total: 1 }]);
  });

  it('is forgotten after a while, unless it waits', async () => {
    const plain = await room.subscribe(ada, team, 'z:-21');
    const daily = await room.subscribe(ada, team, 'z:-21', { rhythm: { kind: 'weekly', weekday: 1, hour: 0 } });
    await deal(uuidv7(), { z: -21 });
    await room.read();
    const [older, newer] = ['181 days', '179 days'];
    await room.rows(
      `update subscription_match set created_at = now() - $1::interval where subscription_id = any($2::uuid[])`,
      [older, [plain.id, daily.id]],
    );
    await deal(uuidv7(), { z: -21 });
    await room.read();
    await room.rows(
      `update subscription_match set created_at = now() - $1::interval where subscription_id = $2 and created_at > now() - interval '1 day'`,
      [newer, plain.id],
    );
    expect(await room.application.app.get(MatchRetention).clean()).toBe(1);
    expect([(await room.matches(plain.id)).length, (await room.matches(daily.id)).length]).toEqual([1, 2]);
  });

  it('is told one by one until too many come together: the rest is told as one', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-3');
    await Promise.all(Array.from({ length: 8 }, () => deal(uuidv7(), { z: -3 })));
    expect((await outcomes(id)).sort()).toEqual(['burst', 'burst', 'burst', 'burst', 'burst', 'told', 'told', 'told']);
    await deal(uuidv7(), { z: -3 });
    await room.read();
    const due = new Set((await room.matches(id)).flatMap(({ due_at }) => (due_at ? [new Date(due_at).getTime()] : [])));
    expect(due.size).toBe(1);
    await dueNow(id);
    await released(id);
    const told = await room.notifications(id);
    expect(told.map(({ form, total }) => [form, total])).toEqual([
      ['single', 1],
      ['single', 1],
      ['single', 1],
      ['burst', 6],
    ]);
    const matches = await room.matches(id);
    expect(matches).toHaveLength(9);
    expect(matches.filter(({ notification_id }) => notification_id === told[3]?.id)).toHaveLength(6);
  });

  it('of a subject is held back while it cools down', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-4', { cooldownMinutes: 60 });
    const start = Date.now();
    const [one, other] = [uuidv7(), uuidv7()];
    const at = (minutes: number) => new Date(start + minutes * 60_000);
    for (const [subject, minutes] of [
      [one, 1],
      [one, 30],
      [other, 31],
      [one, 62],
    ] as const)
      await deal(subject, { z: -4 }, at(minutes));
    expect(await outcomes(id)).toEqual(['told', 'cooldown', 'told', 'told']);
  });

  it('begins anew with another filter, another rule and after a pause', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-31', { crossing: true });
    const subject = uuidv7();
    await deal(subject, { z: -31 });
    expect(await outcomes(id)).toEqual(['told']);
    await patch(id, { filter: 'z<=-31' });
    await deal(subject, { z: -31 });
    expect(await outcomes(id)).toEqual(['told', 'told']);
    await patch(id, { paused: true });
    await patch(id, { paused: false });
    await deal(subject, { z: -31 });
    expect(await outcomes(id)).toEqual(['told', 'told', 'told']);
    await patch(id, { crossing: false, rule: { kind: 'count', windowMinutes: 60, moreThan: 1 } });
    await deal(subject, { z: -31 });
    expect(await outcomes(id)).toEqual(['told', 'told', 'told', 'rule']);
    await patch(id, { rule: { kind: 'count', windowMinutes: 50, moreThan: 1 } });
    await deal(subject, { z: -31 });
    await deal(subject, { z: -31 });
    // The fourth that comes together waits with the burst.
    expect((await outcomes(id)).slice(3)).toEqual(['rule', 'rule', 'burst']);
  });

  it('is told when its subject crosses into the filter, and again when it improves', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-5 price<=400USD', { crossing: true, improvesBy: 10 });
    const subject = uuidv7();
    for (const dollars of [399, 380, 500, 390, 340]) await deal(subject, { z: -5, priceMinor: dollars * 100 });
    expect(await outcomes(id)).toEqual(['told', 'not_improved', 'told', 'told']);
    // The same, an event a batch.
    const other = uuidv7();
    for (const dollars of [399, 500, 398]) {
      await deal(other, { z: -5, priceMinor: dollars * 100 });
      await room.read();
    }
    // Both count; by now they come together.
    expect((await outcomes(id)).slice(4)).toEqual(['burst', 'burst']);
  });

  it('with a rule is told when there are more than so many within a while, with those that made it', async () => {
    const rule = { kind: 'count', windowMinutes: 10, moreThan: 2 };
    const { id } = await room.subscribe(ada, team, 'z:-6', { rule });
    const start = Date.now() + 1000;
    const events = [];
    for (const minutes of [0, 4, 8, 9, 40, 41, 42]) {
      events.push(await deal(uuidv7(), { z: -6 }, new Date(start + minutes * 60_000)));
      if (minutes === 4) await room.read();
    }
    expect(await outcomes(id)).toEqual(['rule', 'rule', 'told', 'rule', 'rule', 'rule', 'told']);
    const told = await room.notifications(id);
    expect(told.map(({ form, total }) => [form, total])).toEqual([
      ['burst', 3],
      ['burst', 3],
    ]);
    expect(told.map((one) => one.events.map((event) => event.id))).toEqual([events.slice(0, 3), events.slice(4)]);
  });

  it('with a rule is told alike whether what is in its window is read together or one by one', async () => {
    const rule = { kind: 'threshold', windowMinutes: 10, field: 'price', of: 'lowest', is: 'above', value: 50 };
    const rising = [
      [0, 10],
      [5, 60],
      [11, 70],
      [12, 80],
      [13, 20],
      [14, 90],
      [22, 70],
      [23.5, 60],
      [24, 70],
    ] as const;
    for (const [z, alone] of [
      [-61, (n: number) => n > 0],
      [-62, (n: number) => n % 3 === 0],
      [-63, () => false],
    ] as const) {
      const { id } = await room.subscribe(ada, team, `z:${z}`, { rule });
      const start = Date.now() + 1000;
      const events = [];
      for (const [n, [minutes, dollars]] of rising.entries()) {
        events.push(await deal(uuidv7(), { z, priceMinor: dollars * 100 }, new Date(start + minutes * 60_000)));
        if (alone(n)) await room.read();
      }
      expect(await outcomes(id)).toEqual(rising.map((_, n) => (n === 2 || n === 7 ? 'told' : 'rule')));
      const told = await room.notifications(id);
      expect(told.map(({ total }) => total)).toEqual([2, 3]);
      expect(told.map((one) => one.events.map((event) => event.id))).toEqual([events.slice(1, 3), events.slice(5, 8)]);
    }
  });

  it('says that it was hidden when the notifier finds that its person may not see it', async () => {
    const [{ id }, { id: told }] = [
      await room.subscribe(ada, team, 'z:-64'),
      await room.subscribe(team.owner, team, 'z:-64'),
    ];
    const sees = jest
      .spyOn(room.application.app.get(EventSight), 'sees')
      .mockImplementation((who) => who.userId !== ada.id);
    try {
      await deal(uuidv7(), { z: -64 });
      expect([await outcomes(id), await outcomes(told)]).toEqual([['hidden'], ['told']]);
    } finally {
      sees.mockRestore();
    }
    expect(await room.matches(id)).toMatchObject([{ state: 'held', notification_id: null }]);
    expect([await room.notifications(id), (await room.notifications(told)).length]).toEqual([[], 1]);
  });

  it('is not made once a subscription has expired, and ends with one that was paused', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await room.subscribe(ada, team, 'z:-7', { expiresAt: soon, rhythm: { kind: 'hourly' } });
    await deal(uuidv7(), { z: -7 });
    expect(await outcomes(id)).toEqual(['digest']);
    await room.rows(`update subscription set expires_at = now() - interval '1 second' where id = $1`, [id]);
    await deal(uuidv7(), { z: -7 });
    expect(await outcomes(id)).toEqual(['digest']);
    await patch(id, { paused: true });
    await released(id);
    expect(await outcomes(id)).toEqual(['ended']);
    expect(await room.notifications(id)).toEqual([]);
  });

  it('is told once though the connection dies again and again while it is released', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-8', { rhythm: { kind: 'hourly' } });
    for (let n = 0; n < 4; n++) await deal(uuidv7(), { z: -8 });
    await room.read();
    await room.rows('create sequence release_deaths', []);
    await room.rows(
      `create function die_releasing() returns trigger language plpgsql as $$ begin
         if nextval('release_deaths') <= 3 then perform pg_terminate_backend(pg_backend_pid()); end if;
         return new;
       end $$`,
    );
    await room.rows(
      'create trigger die after insert on notification for each row execute function die_releasing()',
      [],
    );
    await dueNow(id);
    await released(id);
    await room.rows('drop trigger die on notification', []);
    expect(await room.notifications(id)).toMatchObject([{ form: 'digest', total: 4 }]);
    const [deaths] = await room.rows<{ last_value: string }>('select last_value from release_deaths');
    expect(Number(deaths?.last_value)).toBeGreaterThan(3);
  });
});

describe('what waits', () => {
  const hourly = { rhythm: { kind: 'hourly' } };

  it('with a rule is told with the window that made it fire', async () => {
    const rule = { kind: 'count', windowMinutes: 60, moreThan: 2 };
    const { id } = await room.subscribe(ada, team, 'z:-41', { ...hourly, rule });
    const events = [];
    for (let n = 0; n < 3; n++) events.push(await deal(uuidv7(), { z: -41 }));
    expect(await outcomes(id)).toEqual(['rule', 'rule', 'digest']);
    await dueNow(id);
    await released(id);
    const told = await room.notifications(id);
    expect(told).toMatchObject([{ form: 'digest', total: 3 }]);
    expect(told[0]?.events.map((event) => event.id)).toEqual(events);
  });

  it('is told though the newest of it may not be seen any more', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-42', hourly);
    const first = await deal(uuidv7(), { z: -42 });
    for (let n = 0; n < 50; n++) await deal(uuidv7(), { z: -42 });
    await room.read();
    await room.rows(
      `update subscription_match set scope_kind = 'user', scope_id = $3 where subscription_id = $1 and event_id <> $2`,
      [id, first, team.owner.id],
    );
    await dueNow(id);
    await released(id);
    const told = await room.notifications(id);
    expect(told).toMatchObject([{ total: 1, events: [{ id: first }] }]);
  });

  it('of one who cannot be told holds up nobody else', async () => {
    const stuck = await room.subscribe(ada, team, 'z:-43', hourly);
    await deal(uuidv7(), { z: -43 });
    await room.read();
    await room.rows(
      `create function fail_telling() returns trigger language plpgsql as $$ begin
         raise exception 'no inbox for %', new.source_id;
       end $$`,
    );
    await room.rows(
      `create trigger fail before insert on notification for each row when (new.source_id = '${stuck.id}')
         execute function fail_telling()`,
    );
    const columns = `workspace_id, subscription_id, user_id, seat_id, event_position, event_type, subject_type, subject_id,
      scope_kind, scope_id, occurred_at, reason, state, why, due_at`;
    await room.rows(
      `insert into subscription_match (id, event_id, ${columns})
       select gen_random_uuid(), gen_random_uuid(), ${columns} from subscription_match, generate_series(1, 5000)
        where subscription_id = $1`,
      [stuck.id],
    );
    const { id } = await room.subscribe(ada, team, 'z:-44', hourly);
    await deal(uuidv7(), { z: -44 });
    await room.read();
    await dueNow(stuck.id);
    await dueNow(id);
    await released(id);
    expect(await room.notifications(id)).toHaveLength(1);
    expect(await room.notifications(stuck.id)).toEqual([]);
    await room.rows('drop trigger fail on notification');
    await room.rows('delete from subscription_match where subscription_id = $1', [stuck.id]);
  });
});

describe('what is told of things', () => {
  it('is forgotten with its subscription, and after a while where it matches no more', async () => {
    const gone = await room.subscribe(ada, team, 'z:-45', { cooldownMinutes: 5 });
    const old = await room.subscribe(ada, team, 'z:-45', { cooldownMinutes: 5 });
    const crossing = await room.subscribe(ada, team, 'z:-45', { crossing: true });
    await deal(uuidv7(), { z: -45 });
    await room.read();
    const ids = [gone.id, old.id, crossing.id];
    const left = async () =>
      (await room.rows<{ id: string }>(`select seat_id as id from subscription_thing where seat_id = any($1)`, [ids]))
        .map((row) => row.id)
        .sort();
    expect(await left()).toEqual([...ids].sort());
    await room.rows(`update subscription_thing set told_at = now() - interval '181 days' where seat_id = any($1)`, [
      [old.id, crossing.id],
    ]);
    await room.call(ada, 'DELETE', team.url(`subscriptions/${gone.id}`));
    await room.application.app.get(MatchRetention).clean();
    expect(await left()).toEqual([crossing.id]);
  });
});

describe('the list of matches', () => {
  it('says to whom a subscription belongs what became of each, found by the filter language', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-9', { cooldownMinutes: 60 });
    const subject = uuidv7();
    await deal(subject, { z: -9 });
    const second = await deal(subject, { z: -9 });
    await room.read();
    const list = async (filter: string, who = ada) =>
      room.call(who, 'GET', team.url(`subscriptions/${id}/matches?filter=${encodeURIComponent(filter)}`));
    expect((await list('')).json().items.map(({ state }: { state: string }) => state)).toEqual(['held', 'told']);
    expect((await list('state:held')).json().items).toEqual([
      expect.objectContaining({
        eventId: second,
        why: 'cooldown',
        subjectId: subject,
        notificationId: null,
        reason: { filter: 'z:-9', terms: [{ start: 0, end: 4 }] },
      }),
    ]);
    expect((await list('why:quiet')).json().items).toEqual([]);
    expect((await list('stat:held')).json()).toMatchObject({ status: 400, code: 'filter_refused' });
    expect((await list('', team.owner)).statusCode).toBe(404);
    await room.demote(ada, team, ['workspace:read', 'subscriptions:read']);
    expect((await list('')).json()).toMatchObject({ status: 403, code: 'target_hidden' });
  });
});

describe('what is held of a person', () => {
  it('is exported with what became of their matches, and goes with them', async () => {
    const own = await room.subscribe(ada, team, 'z:-22', { cooldownMinutes: 60 });
    const shared = await room.subscribe(team.owner, team, 'z:-22', { shared: true });
    await room.call(ada, 'PUT', team.url(`subscriptions/${shared.id}/participation`));
    const subject = uuidv7();
    await deal(subject, { z: -22 });
    await deal(subject, { z: -22 });
    await room.read();
    const held = room.application.app.get(SubscriptionsPersonalData);
    const exported = async () => {
      const files = new Map<string, object[]>();
      for (const { path, rows } of held.files({ id: ada.id } as never)) {
        const found: object[] = [];
        for await (const row of rows()) found.push(row);
        files.set(path, found);
      }
      return files;
    };
    const files = await exported();
    expect(files.get('subscriptions/subscriptions')).toMatchObject([{ id: own.id, plan: { cooldownMinutes: 60 } }]);
    expect(files.get('subscriptions/joined')).toMatchObject([{ subscriptionId: shared.id }]);
    const whys = files.get('subscriptions/matches')?.map((match) => (match as { why: string | null }).why);
    expect(whys?.sort()).toEqual(['cooldown', null, null, null].sort());
    // What one has left is still known of them.
    await room.call(ada, 'DELETE', team.url(`subscriptions/${shared.id}/participation`));
    expect((await exported()).get('subscriptions/matches')).toHaveLength(4);
    await held.erase({ id: ada.id } as never, new AbortController().signal);
    expect((await exported()).get('subscriptions/matches')).toEqual([]);
    expect(await room.rows('select 1 from subscription_thing where user_id = $1', [ada.id])).toEqual([]);
    // Those of others stay, until their workspace goes.
    expect(await room.matches(shared.id)).toHaveLength(2);
    await held.eraseWorkspace(team.id, new AbortController().signal);
    expect(await room.matches(shared.id)).toEqual([]);
  });
});

describe('what is chosen', () => {
  it.each<[string, object, object]>([
    [
      'a rule with crossings',
      { crossing: true, rule: { kind: 'count', windowMinutes: 5, moreThan: 1 } },
      { code: 'subscription_choice_refused' },
    ],
    [
      'a figure that is none',
      { rule: { kind: 'threshold', windowMinutes: 5, field: 'title', of: 'sum', is: 'above', value: 1 } },
      { code: 'subscription_choice_refused', errors: [{ message: expect.stringContaining('price') }] },
    ],
    ['an improvement of activity', { target: 'activity', improvesBy: 5 }, { code: 'subscription_choice_refused' }],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, { code: 'subscription_choice_refused' }],
    ['a channel that is not there', { channels: ['pigeon'] }, { code: 'validation_failed' }],
    ['an hour that no day has', { rhythm: { kind: 'daily', hour: 24 } }, { code: 'validation_failed' }],
    ['an eighth day', { rhythm: { kind: 'weekly', weekday: 8, hour: 1 } }, { code: 'validation_failed' }],
    ['quiet hours without end', { quietHours: { from: '22:00', to: '22:00' } }, { code: 'validation_failed' }],
    ['a cooldown of no time', { cooldownMinutes: 0 }, { code: 'validation_failed' }],
    ['a day that is none', { snoozedUntil: 'tomorrow' }, { code: 'validation_failed' }],
  ])('is refused: %s', async (_, body, expected) => {
    const answer = await room.call(ada, 'POST', team.url('subscriptions'), { filter: '', ...body });
    expect(answer.json()).toMatchObject({ status: 400, ...expected });
    expect(await room.rows('select from subscription where workspace_id = $1', [team.id])).toEqual([]);
  });

  it('is kept, shown and told in events', async () => {
    const choice = {
      rhythm: { kind: 'weekly', weekday: 1, hour: 9 },
      quietHours: { from: '22:00', to: '07:00' },
      cooldownMinutes: 30,
      crossing: true,
      improvesBy: 5,
      rule: null,
      channels: ['mail'],
      snoozedUntil: null,
    };
    const { id } = await room.subscribe(ada, team, 'z:-10', choice);
    const shown = (await room.call(ada, 'GET', team.url(`subscriptions/${id}`))).json();
    expect(shown).toMatchObject({ ...choice, shared: false, joined: true, expiresAt: null });
    await patch(id, { improvesBy: null, channels: null });
    const events = await room.application.events({ subjectId: id });
    expect(events.map(({ type }) => type)).toEqual(['subscription.created', 'subscription.updated']);
    const { rule: _, snoozedUntil: __, ...told } = choice;
    expect(events[0]?.data).toMatchObject(told);
    expect(events[1]?.data).toMatchObject({ before: { improvesBy: 5, channels: ['mail'] }, after: { crossing: true } });
    expect(events[1]?.data).not.toHaveProperty('after.improvesBy');
  });
});
