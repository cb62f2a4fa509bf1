import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { ProjectMemberships } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { Readers } from '#platform/event-log/index.js';
import { FilterTargets } from '#platform/filters/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { dealFound } from '#test/deals.js';
import { Room } from '#test/subscriptions.js';
import { MatchRecorder } from '../matches/match-recorder.js';
import { Listeners } from './listeners.js';
import { SubscriptionsReader } from './subscriptions.reader.js';

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;

const rewind = () => room.rows(`update reader_cursor set position = 0 where reader = 'subscriptions'`);
/** Whose subscriptions an event was recorded for, once the reader has passed it. */
const heard = async (eventId: string) => {
  await room.read();
  return (await room.deliveries({ eventId })).map((delivery) => delivery.subscription_id).sort();
};
const member = () => room.make.person().in(team).create();

beforeAll(async () => {
  room = await Room.open();
});
beforeEach(async () => {
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team).create();
});
afterAll(() => room.close());

describe('reading the log', () => {
  it('records one delivery and one job a match, and none for what does not match', async () => {
    const [lisbon, cheap, other] = await Promise.all([
      room.subscribe(ada, team, 'destination:country:PT'),
      room.subscribe(await member(), team, 'price<=400'),
      room.subscribe(ada, team, 'destination:TYO'),
    ]);
    const eventId = await room.found(team);
    expect(await heard(eventId)).toEqual([lisbon.id, cheap.id].sort());
    expect(await room.deliveries({ subscriptionId: other.id })).toEqual([]);
    const [delivery] = await room.deliveries({ eventId, subscriptionId: lisbon.id });
    expect(delivery).toMatchObject({
      user_id: ada.id,
      workspace_id: team.id,
      event_type: 'deal.found',
      channel: 'mail',
    });
    const jobs = await room.rows(
      `select queue, name, workspace_id, payload, subject_type, subject_id from job where id = $1`,
      [delivery?.job_id],
    );
    expect(jobs).toEqual([
      {
        queue: 'alerts',
        name: 'deliver',
        workspace_id: team.id,
        payload: { deliveryId: delivery?.id },
        subject_type: 'delivery',
        subject_id: delivery?.id,
      },
    ]);
  });

  it('tells many in shares, a transaction each, nobody twice and nobody not, though it dies between two', async () => {
    const { app } = room.application;
    const [reader, readers, recorder] = [app.get(SubscriptionsReader), app.get(Readers), app.get(MatchRecorder)];
    const made = await Promise.all(Array.from({ length: 12 }, () => room.subscribe(ada, team, 'z:-77')));
    const wanted = made.map(({ id }) => id).sort();
    await readers.stop();
    const eventId = await room.found(team, { z: -77 });
    const next = await room.found(team, { z: -77 });
    const record = jest.spyOn(recorder, 'record');
    const told: string[][] = [];
    let deaths = 2;
    record.mockImplementation(async (...all) => {
      if (!all[1].some(({ id }) => id === eventId || id === next))
        return MatchRecorder.prototype.record.apply(recorder, all);
      const part = all[2].map(({ listener }) => listener.subscriptionId);
      if (told.length === 1 && deaths-- > 0) {
        await MatchRecorder.prototype.record.apply(recorder, all);
        throw Object.assign(new Error('shutting down'), { code: '57P01' });
      }
      told.push(part);
      return MatchRecorder.prototype.record.apply(recorder, all);
    });
    reader.atOnce = 4;
    try {
      await readers.start();
      await room.until(async () => (await room.deliveries({ eventId: next })).length === 12);
      await room.read();
    } finally {
      record.mockRestore();
      reader.atOnce = 5_000;
    }
    // Three shares of each event.
    expect([deaths, told.length]).toEqual([-1, 6]);
    expect(told.slice(0, 3).flat().sort()).toEqual(wanted);
    for (const event of [eventId, next]) {
      const deliveries = await room.deliveries({ eventId: event });
      expect(deliveries.map(({ subscription_id }) => subscription_id).sort()).toEqual(wanted);
      const rows = await room.rows<{ matches: number; notifications: number; events: number }>(
        `select count(distinct m.id)::int as matches, count(distinct n.id)::int as notifications, count(distinct e.id)::int as events
           from subscription_match m join notification n on n.id = m.notification_id
           left join event e on e.subject_id = n.id and e.type = 'notification.created' where m.event_id = $1`,
        [event],
      );
      expect(rows).toEqual([{ matches: 12, notifications: 12, events: 12 }]);
    }
    expect(await room.rows(`select part from reader_cursor where reader = 'subscriptions'`)).toEqual([{ part: null }]);
  });

  it('hears what a thing was before, and what changed', async () => {
    const subscribed = async (filter: string) =>
      (await room.subscribe(team.owner, team, filter, { target: 'activity' })).id;
    const [demoted, dearer, changed] = [
      await subscribed('type:member.role_changed was.role:admin'),
      await subscribed('was.price<400 price>=400'),
      await subscribed('changed:price,state'),
    ];
    const role = await room.recorded(team, 'member.role_changed', { before: 'admin', after: 'member' });
    await room.recorded(team, 'member.role_changed', { before: 'member', after: 'admin' });
    const after = dealFound({ priceMinor: 40_000, currency: 'USD' });
    const risen = await room.recorded(team, 'deal.repriced', {
      before: { priceMinor: 39_000, currency: 'USD' },
      after,
    });
    const untold = await room.recorded(team, 'deal.repriced', { before: { priceMinor: 39_000 }, after });
    await room.recorded(team, 'source.failed', { name: 'Of before', error: 'x' });
    const failed = await room.recorded(team, 'source.failed', {
      ...{ name: 'Mailbox', error: 'x' },
      ...({ state: 'failing', before: { state: 'active' } } as const),
    });
    await room.read();
    const events = async (id: string) => (await room.matches(id)).map(({ event_id }) => event_id);
    expect(await events(demoted)).toEqual([role]);
    expect(await events(dearer)).toEqual([risen]);
    expect(await events(changed)).toEqual([risen, untold, failed]);
  });

  it('hears one workspace only', async () => {
    const elsewhere = await room.make.workspace().create();
    const both = await room.make.person().in(team).in(elsewhere).create();
    const here = await room.subscribe(both, team, 'airline:tap z<-7');
    const there = await room.subscribe(both, elsewhere, 'airline:tap z<-7');
    expect(await heard(await room.found(elsewhere, { z: -8 }))).toEqual([there.id]);
    expect(await heard(await room.found(team, { z: -8 }))).toEqual([here.id]);
  });

  it('hears only what happens after the subscription was made', async () => {
    const zoe = await member();
    const before = new Date(Date.now() - 1000);
    const early = await room.found(team, { z: -20 });
    await room.read();
    const { id } = await room.subscribe(zoe, team, 'z:-20');
    const told = await room.found(team, { z: -20 });
    const dated = await room.found(team, { z: -20 }, { occurredAt: before });
    expect(await heard(told)).toEqual([id]);
    expect(await heard(dated)).toEqual([]);
    await rewind();
    expect(await heard(early)).toEqual([]);
    expect(await room.deliveries({ subscriptionId: id })).toHaveLength(1);
  });

  it('hears for those who belong to the workspace when it reads', async () => {
    const leaver = await member();
    const { id } = await room.subscribe(leaver, team, 'z:-30');
    expect(await heard(await room.found(team, { z: -30 }))).toEqual([id]);
    await room.rows('delete from membership where user_id = $1', [leaver.id]);
    const missed = await room.found(team, { z: -30 });
    expect(await heard(missed)).toEqual([]);
    await room.rows(`insert into membership (workspace_id, user_id, role) values ($1, $2, 'viewer')`, [
      team.id,
      leaver.id,
    ]);
    expect(await heard(await room.found(team, { z: -30 }))).toEqual([id]);
  });

  it('hears for those whose role lets them see what it is about', async () => {
    const [blind, seeing] = [await member(), await member()];
    const heardOnce = await room.subscribe(blind, team, 'z:-31');
    const { id } = await room.subscribe(seeing, team, 'z:-31');
    expect(await heard(await room.found(team, { z: -31 }))).toEqual([heardOnce.id, id].sort());
    await room.demote(blind, team, ['workspace:read', 'subscriptions:read']);
    await room.demote(seeing, team, ['workspace:read', 'deals:read']);
    expect(await heard(await room.found(team, { z: -31 }))).toEqual([id]);
  });

  it('tells of any event through "activity" those only who may see events of its type', async () => {
    const [seeing, blind] = [await room.make.person().in(team, 'owner').create(), await member()];
    const of = (who: TestPerson, filter: string) => room.subscribe(who, team, filter, { target: 'activity' });
    const [deals, audit] = [await of(blind, 'type:deal.*'), await of(seeing, 'type:source.*')];
    const unheard = await of(blind, 'type:source.*');
    expect(await heard(await room.found(team))).toEqual([deals.id]);
    const made = await room.recorded(team, 'source.deleted', { name: 'A' });
    expect(await heard(made)).toEqual([audit.id]);
    expect(await room.deliveries({ subscriptionId: unheard.id })).toEqual([]);
  });

  it('tells nobody of an event that is for somebody else', async () => {
    const [mine, theirs] = await Promise.all([member(), member()]);
    const { id } = await room.subscribe(mine, team, 'z:-40');
    await room.subscribe(theirs, team, 'z:-40');
    const personal = await room.found(team, { z: -40 }, { scope: { kind: 'user', id: mine.id } });
    expect(await heard(personal)).toEqual([id]);
    const ofProject = await room.found(team, { z: -40 }, { scope: { kind: 'project', id: mine.id } });
    expect(await heard(ofProject)).toEqual([]);
  });

  it('tells of the events of a project its members only, whatever role others have, and as long as they are', async () => {
    const [mine, theirs] = await Promise.all([member(), room.make.person().in(team, 'owner').create()]);
    const { id } = await room.subscribe(mine, team, 'z:-45');
    await room.subscribe(theirs, team, 'z:-45');
    const place = { workspaceId: team.id, projectId: uuidv7(), userId: mine.id };
    const projects = room.application.app.get(ProjectMemberships);
    const transactions = room.application.app.get(Transactions);
    await transactions.run((em) => projects.add(em, place, 'viewer'));
    const scope = { kind: 'project', id: place.projectId } as const;
    expect(await heard(await room.found(team, { z: -45 }, { scope }))).toEqual([id]);
    const other = { kind: 'project', id: uuidv7() } as const;
    expect(await heard(await room.found(team, { z: -45 }, { scope: other }))).toEqual([]);
    await transactions.run((em) => projects.remove(em, place));
    expect(await heard(await room.found(team, { z: -45 }, { scope }))).toEqual([]);
  });

  it('does not hear for a paused or removed subscription, and hears again when it is resumed', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-50');
    const at = team.url(`subscriptions/${id}`);
    await room.call(ada, 'PATCH', at, { paused: true });
    expect(await heard(await room.found(team, { z: -50 }))).toEqual([]);
    await room.call(ada, 'PATCH', at, { paused: false });
    expect(await heard(await room.found(team, { z: -50 }))).toEqual([id]);
    await room.call(ada, 'DELETE', at);
    expect(await heard(await room.found(team, { z: -50 }))).toEqual([]);
  });

  it('asks the filter as it is now', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-60');
    expect(await heard(await room.found(team, { z: -60 }))).toEqual([id]);
    await room.call(ada, 'PATCH', team.url(`subscriptions/${id}`), { filter: 'z:-61' });
    expect(await heard(await room.found(team, { z: -60 }))).toEqual([]);
    expect(await heard(await room.found(team, { z: -61 }))).toEqual([id]);
  });

  it('reads a filter in the time zone and currency that its owner has now', async () => {
    const rita = await room.make.person().in(team).prefers({ timeZone: 'Asia/Tokyo', currency: 'EUR' }).create();
    const day = await room.subscribe(rita, team, 'z:-70 found:2026-11-21');
    const price = await room.subscribe(rita, team, 'z:-71 price<=400');
    const evening = { z: -70, foundAt: '2026-11-20T20:00:00.000Z' };
    // About 414 USD: more than 400 of them, less than 400 EUR.
    const fare = { z: -71, priceMinor: 36_000, currency: 'EUR' };
    expect(await heard(await room.found(team, evening))).toEqual([day.id]);
    expect(await heard(await room.found(team, fare))).toEqual([price.id]);
    await room.call(rita, 'PATCH', '/api/v1/me', { timeZone: 'UTC', currency: 'USD' });
    expect(await heard(await room.found(team, evening))).toEqual([]);
    expect(await heard(await room.found(team, fare))).toEqual([]);
    expect(await heard(await room.found(team, { ...evening, foundAt: '2026-11-21T20:00:00.000Z' }))).toEqual([day.id]);
  });

  it('goes on past a filter that means nothing any more', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-80');
    const broken = await room.subscribe(ada, team, 'z:-80');
    await room.rows(`update subscription set filter = 'gone:7', version = version + 1 where id = $1`, [broken.id]);
    expect(await heard(await room.found(team, { z: -80 }))).toEqual([id]);
    expect(await room.rows(`select 1 from parked_event`)).toEqual([]);
  });
});

describe('reading again', () => {
  it('records nothing twice when the cursor is set back', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-90');
    const events = await Promise.all(Array.from({ length: 20 }, () => room.found(team, { z: -90 })));
    await room.read();
    const before = await room.deliveries({ subscriptionId: id });
    const jobsOfTeam = () => room.rows('select id from job where workspace_id = $1 order by id', [team.id]);
    const jobs = await jobsOfTeam();
    expect(before.map((delivery) => delivery.event_id).sort()).toEqual(events.sort());
    await rewind();
    await room.read();
    const ids = (rows: { id: string }[]) => rows.map((row) => row.id);
    expect(ids(await room.deliveries({ subscriptionId: id }))).toEqual(ids(before));
    expect(await jobsOfTeam()).toEqual(jobs);
    expect(jobs).toHaveLength(20);
  });

  it('loses and doubles nothing when its connection dies in the middle of a batch', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-95');
    // Each of the first three inserts kills its own connection: sequences do not roll back.
    await room.rows('create sequence deaths', []);
    await room.rows(
      `create function die() returns trigger language plpgsql as $$ begin
         if nextval('deaths') <= 3 then perform pg_terminate_backend(pg_backend_pid()); end if;
         return new;
       end $$`,
    );
    await room.rows('create trigger die after insert on delivery for each row execute function die()', []);
    const events = await Promise.all(Array.from({ length: 10 }, () => room.found(team, { z: -95 })));
    await room.read();
    await room.rows('drop trigger die on delivery', []);
    const recorded = await room.deliveries({ subscriptionId: id });
    expect(recorded.map((delivery) => delivery.event_id).sort()).toEqual(events.sort());
    const [deaths] = await room.rows<{ last_value: string }>('select last_value from deaths');
    expect(Number(deaths?.last_value)).toBeGreaterThan(3);
    expect(await room.rows('select 1 from parked_event')).toEqual([]);
    const orphans = await room.rows(
      `select 1 from job where queue = 'alerts' and not exists (select from delivery d where d.job_id = job.id)`,
    );
    expect(orphans).toEqual([]);
  });
});

describe('filters in memory', () => {
  const follow = async (listeners: Listeners) => {
    await room.read();
    await room.application.app.get(Transactions).run((em) => listeners.follow(em));
  };
  const meet = (listeners: Listeners, seats: { id: string }[]) =>
    room.application.app.get(Transactions).run((em) =>
      listeners.meet(
        em,
        seats.map(({ id }) => id),
      ),
    );
  const loads = (listeners: Listeners) => jest.spyOn(listeners as unknown as { fill(): Promise<void> }, 'fill');

  it('follow the log in a process that reads again after others did, and are read once', async () => {
    const idle = new Listeners(room.application.app.get(FilterTargets));
    const filled = loads(idle);
    const [kept, changed, paused] = [
      await room.subscribe(ada, team, 'z:-120'),
      await room.subscribe(ada, team, 'z:-120'),
      await room.subscribe(ada, team, 'z:-120'),
    ];
    await follow(idle);
    const held = (id: string) => idle.get(id)?.filter;
    expect([kept, changed, paused].map(({ id }) => held(id))).toEqual([undefined, undefined, undefined]);
    await meet(idle, [kept, changed, paused]);
    expect([kept, changed, paused].map(({ id }) => held(id))).toEqual(['z:-120', 'z:-120', 'z:-120']);
    const before = idle.size;
    // Another process reads meanwhile.
    const at = (id: string) => team.url(`subscriptions/${id}`);
    await room.call(ada, 'PATCH', at(changed.id), { filter: 'z:-121' });
    await room.call(ada, 'PATCH', at(paused.id), { paused: true });
    const added = await room.subscribe(ada, team, 'z:-122');
    await room.found(team, { z: -120 });
    expect(held(changed.id)).toBe('z:-120');
    await follow(idle);
    expect([kept, changed, paused, added].map(({ id }) => held(id))).toEqual(['z:-120', 'z:-121', undefined, 'z:-122']);
    expect(idle.size).toBe(before);
    await room.call(ada, 'PATCH', at(paused.id), { paused: false });
    await room.call(ada, 'DELETE', at(kept.id));
    await room.call(ada, 'PATCH', '/api/v1/me', { timeZone: 'Asia/Tokyo' });
    await follow(idle);
    expect([kept, paused].map(({ id }) => held(id))).toEqual([undefined, 'z:-120']);
    expect(idle.get(changed.id)?.owner.zone).toBe('Asia/Tokyo');
    expect(filled).toHaveBeenCalledTimes(1);
  });

  it('are read anew when the log was pruned behind their back, or began again', async () => {
    const listeners = new Listeners(room.application.app.get(FilterTargets));
    await follow(listeners);
    const filled = loads(listeners);
    await follow(listeners);
    expect(filled).not.toHaveBeenCalled();
    const [log] = await room.rows<{ position: string }>('select position from log_checkpoint');
    const { known } = listeners as unknown as { known: number };
    await room.rows('update log_checkpoint set position = $1', [known + 1]);
    await follow(listeners).finally(() => room.rows('update log_checkpoint set position = $1', [log?.position]));
    expect(filled).toHaveBeenCalledTimes(1);
    Object.assign(listeners, { known: known + 1_000_000 });
    await follow(listeners);
    expect(filled).toHaveBeenCalledTimes(2);
  });

  it('decide nothing alone: a subscription that was ended a moment ago tells nobody', async () => {
    const { id } = await room.subscribe(ada, team, 'z:-125');
    await room.read();
    // As if its event were not sealed yet.
    await room.rows('update subscription set paused = true, version = version + 1 where id = $1', [id]);
    expect(await heard(await room.found(team, { z: -125 }))).toEqual([]);
    await room.rows(`update subscription set paused = false, filter = 'z:-126', version = version + 1 where id = $1`, [
      id,
    ]);
    expect(await heard(await room.found(team, { z: -125 }))).toEqual([]);
    expect(await heard(await room.found(team, { z: -126 }))).toEqual([id]);
  });
});

describe('what was recorded', () => {
  it('is listed to its owner alone, the newest first, with the words that nobody else sees', async () => {
    const owner = await member();
    const one = await room.subscribe(owner, team, 'z:-100');
    const two = await room.subscribe(owner, team, 'z<=-100 z>-101');
    for (let n = 0; n < 3; n++) await room.found(team, { z: -100, title: dealFound().title });
    await room.settled(one.id);
    await room.settled(two.id);
    type Page = { items: { id: string; subscriptionId: string; state: string }[]; nextCursor: string | null };
    const list = async (who: TestPerson, path: string) => (await room.call(who, 'GET', team.url(path))).json<Page>();
    await room.until(async () => (await list(owner, 'deliveries')).items.every(({ state }) => state === 'sent'));
    const all = await list(owner, 'deliveries');
    expect(all.items).toHaveLength(6);
    const first = await list(owner, 'deliveries?limit=4');
    const rest = await list(owner, `deliveries?limit=4&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items]).toEqual(all.items);
    const ofOne = await list(owner, `subscriptions/${one.id}/deliveries`);
    expect(ofOne.items.map((item) => item.subscriptionId)).toEqual([one.id, one.id, one.id]);
    const shown = await room.call(owner, 'GET', team.url(`deliveries/${ofOne.items[0]?.id}`));
    expect(shown.json()).toMatchObject({
      state: 'sent',
      attempts: 1,
      error: null,
      response: '250 Kept in the preview mailbox.',
      sentAt: expect.any(String),
      nextAttemptAt: null,
    });
    for (const who of [ada, team.owner]) {
      expect((await room.call(who, 'GET', team.url(`deliveries/${ofOne.items[0]?.id}`))).statusCode).toBe(404);
      expect((await list(who, 'deliveries?limit=200')).items.map((item) => item.subscriptionId)).not.toContain(one.id);
    }
    const elsewhere = await room.make.workspace().ownedBy(owner).create();
    const through = elsewhere.url(`deliveries/${ofOne.items[0]?.id}`);
    expect((await room.call(owner, 'GET', through)).statusCode).toBe(404);
    expect((await room.call(owner, 'GET', elsewhere.url('deliveries'))).json()).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('shows the mail of the newest alert, or says that there is none', async () => {
    const owner = await room.make.person().in(team).prefers({ locale: 'pt-PT', timeZone: 'Europe/Lisbon' }).create();
    const { id } = await room.subscribe(owner, team, 'z:-110', { name: 'Cheap & <b>near</b>' });
    const url = team.url(`subscriptions/${id}/mail-preview`);
    expect((await room.call(owner, 'GET', url)).statusCode).toBe(404);
    await room.found(team, { z: -110, title: 'Older' });
    const eventId = await room.found(team, { z: -110, title: 'A <script>alert(1)</script> & "more"' });
    await room.read();
    const mail = (await room.call(owner, 'GET', url)).json<{ html: string; text: string; eventId: string }>();
    expect(mail).toMatchObject({ eventId, subject: 'Found: A <script>alert(1)</script> & "more"' });
    expect(mail.html).not.toContain('<script');
    expect(mail.html).not.toContain('<b>near</b>');
    expect(mail.html).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(mail.html).toContain('Cheap &#38; &#60;b&#62;near&#60;/b&#62;');
    expect(mail.html).toContain('pt-PT Europe/Lisbon');
    expect(mail.text).toContain('A <script>alert(1)</script> & "more"');
    expect(mail.text).toContain('/api/v1/unsubscriptions/');
  });
});
