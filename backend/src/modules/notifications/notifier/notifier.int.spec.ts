import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Secrets } from '#platform/crypto/index.js';
import { Transactions } from '#platform/database/index.js';
import { ValidationFailed } from '#platform/errors/index.js';
import { type NewNotification, Notifier } from '#platform/notifications/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { happened, notificationOf, tell } from '#test/notifications.js';
import { Room } from '#test/subscriptions.js';
import { ChannelDrivers, type ChannelMessage } from '../channels/channel.js';
import { NotificationsPersonalData } from '../notifications.personal-data.js';
import { Suppressions } from '../suppressions/suppressions.js';

jest.setTimeout(60_000);

interface Delivery {
  id: string;
  channel: string;
  channel_id: string | null;
  state: string;
  error: string | null;
  tries: { attempt: number; outcome: string; answer: string; tookMs: number }[];
  job_id: string;
  job_state: string;
}

let room: Room;
let team: TestWorkspace;
let ada: TestPerson;

beforeAll(async () => {
  room = await Room.open({ SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1' });
  team = await room.make.workspace().create();
  ada = await room.make.person().in(team).create();
});
afterAll(() => room.close());

const place = (who: { id: string } = ada) => ({ userId: who.id, workspaceId: team.id });
const inbox = (who: { id: string }) =>
  room.rows<{ id: string; total: number; topic: string; events: { id: string }[] }>(
    'select id, total, topic, events from notification where user_id = $1 order by created_at, id',
    [who.id],
  );
const deliveries = (notificationId: string) =>
  room.rows<Delivery>(
    `select d.*, j.state as job_state from delivery d join job j on j.id = d.job_id where notification_id = $1 order by channel`,
    [notificationId],
  );
/** Waits until every delivery of a notification is at its end, retries hurried. */
async function settled(notificationId: string): Promise<Delivery[]> {
  let found: Delivery[] = [];
  await room.until(async () => {
    found = await deliveries(notificationId);
    for (const { job_id } of found) await room.hurry(job_id);
    return found.every(({ state, job_state }) => state !== 'queued' && !['queued', 'running'].includes(job_state));
  });
  return found;
}
const mailsTo = (email: string) =>
  room.rows<{ subject: string; text: string; html: string }>(
    'select subject, body_text as text, html from preview_mail where $1 = any(recipients) order by id',
    [email],
  );

describe('a notification', () => {
  it('is a row of the inbox and a mail, once, however often it is told', async () => {
    const event = await happened(room, team, { title: 'Boston to Lisbon' });
    const one = notificationOf(place(), [event]);
    await tell(room, [one]);
    await tell(room, [one]);
    expect(await inbox(ada)).toEqual([expect.objectContaining({ id: one.id, total: 1, topic: 'deal' })]);
    const [sent, ...more] = await settled(one.id);
    expect(more).toEqual([]);
    expect(sent).toMatchObject({ channel: 'mail', channel_id: null, state: 'sent', error: null });
    expect(sent?.tries).toEqual([
      { attempt: 1, outcome: 'sent', answer: expect.any(String), tookMs: expect.any(Number), at: expect.any(String) },
    ]);
    const mails = await mailsTo(ada.email);
    expect(mails.map(({ subject }) => subject)).toEqual(['Found: Boston to Lisbon']);
    const events = await room.application.events({ subjectId: sent?.id });
    expect(events).toEqual([
      expect.objectContaining({
        type: 'delivery.sent',
        data: expect.objectContaining({ notificationId: one.id, subscriptionId: null }),
      }),
    ]);
  });

  it('leaves out what the person may not see, and is not made of nothing', async () => {
    const guest = await room.make.person().in(team).create();
    const stranger = await room.make.person().create();
    const [open, hers] = [await happened(room, team), await happened(room, team, {}, { kind: 'user', id: ada.id })];
    const mixed = notificationOf(place(guest), [hers, open], { total: 7 });
    await tell(room, [mixed, notificationOf(place(guest), [hers]), notificationOf(place(stranger), [open])]);
    expect(await inbox(guest)).toEqual([
      expect.objectContaining({ id: mixed.id, total: 6, events: [expect.objectContaining({ id: open.id })] }),
    ]);
    expect(await inbox(stranger)).toEqual([]);
    await room.demote(guest, team, ['workspace:read']);
    await tell(room, [notificationOf(place(guest), [open])]);
    expect(await inbox(guest)).toHaveLength(1);
  });

  it('goes with the transaction that tells', async () => {
    const event = await happened(room, team);
    const lost = notificationOf(place(), [event]);
    const { app } = room.application;
    await expect(
      app.get(Transactions).run(async (em) => {
        await app.get(Notifier).notify(em, [lost]);
        throw new Error('Not now.');
      }),
    ).rejects.toThrow('Not now.');
    expect((await inbox(ada)).map(({ id }) => id)).not.toContain(lost.id);
    expect(await deliveries(lost.id)).toEqual([]);
  });

  it('is written with thousands of others by a few statements', async () => {
    const crowd = await room.make.person().in(team).create();
    const event = await happened(room, team);
    const many = Array.from({ length: 4_001 }, (): NewNotification =>
      notificationOf(place(crowd), [event], { channels: [] }),
    );
    const { app } = room.application;
    const statements = await app.get(Transactions).run(async (em) => {
      const log = jest.spyOn(em, 'getTransactionContext');
      await app.get(Notifier).notify(em, many);
      return log.mock.calls.length;
    });
    expect(statements).toBeLessThan(30);
    const [counted] = await room.rows<{ n: number }>('select count(*)::int as n from notification where user_id = $1', [
      crowd.id,
    ]);
    expect(counted?.n).toBe(4_001);
  });

  it('says of a burst how many more, and of a digest how many', async () => {
    const burst = await room.make.person().prefers({ locale: 'zh-CN' }).in(team).create();
    const events = [await happened(room, team, { title: 'First' }), await happened(room, team, { title: 'Second' })];
    const [one, two] = [
      notificationOf(place(burst), events, { total: 15 }),
      notificationOf(place(burst), events, { form: 'digest' }),
    ];
    await tell(room, [one]);
    await settled(one.id);
    await tell(room, [two]);
    await settled(two.id);
    const mails = await mailsTo(burst.email);
    expect(mails.map(({ subject }) => subject)).toEqual(['Found: Second，另有 14 条类似消息', 'Signalbox：2 条动态']);
    expect(mails[0]?.html).toContain('lang="zh-CN"');
    expect(mails[0]?.text).toContain('另有 13 条。');
  });

  it('shows why: the filter with the terms that were true', async () => {
    const reader = await room.make.person().in(team).create();
    const subscription = await room.subscribe(reader, team, 'z:-77', { name: 'Rare <b>ones</b>' });
    const event = await happened(room, team, { z: -1 });
    const filter = 'price<400 or <i>nonsense</i>';
    const why = notificationOf(place(reader), [event], {
      source: { type: 'subscription', id: subscription.id },
      reason: { filter, terms: [{ start: 0, end: 9 }] },
    });
    await tell(room, [why]);
    const [sent] = await settled(why.id);
    expect(sent).toMatchObject({ state: 'sent' });
    const [mail] = await mailsTo(reader.email);
    expect(mail?.text).toContain('[price<400] or <i>nonsense</i>');
    expect(mail?.html).toMatch(/<strong[^>]*>price&#60;400<\/strong> or &#60;i&#62;nonsense/);
    expect(mail?.html).not.toContain('<b>ones');
    expect(mail?.text).toContain('/api/v1/unsubscriptions/');
  });
});

describe('channels', () => {
  /** What the driver of the specs was given; its answer is the settings'. */
  const given: { message: ChannelMessage; settings: unknown }[] = [];
  const channel = async (of: TestWorkspace, settings: object) => {
    const id = uuidv7();
    const sealed = room.application.app
      .get(Secrets)
      .seal(JSON.stringify(settings), `notification_channel:${id}:settings`);
    await room.rows(
      `insert into notification_channel (id, workspace_id, kind, name, settings) values ($1, $2, 'webhook', 'A channel', $3) returning id`,
      [id, of.id, sealed],
    );
    return id;
  };

  beforeAll(() => {
    const drivers = room.application.app.get(ChannelDrivers);
    jest.spyOn(drivers, 'get').mockImplementation(() => ({
      kind: 'webhook',
      send: async (settings, message) => {
        given.push({ settings, message });
        const { fails } = settings as { fails?: number };
        if (fails && given.filter((one) => one.settings && 'fails' in (one.settings as object)).length <= fails)
          throw new Error('The other side is away.');
        return { response: '200 OK' };
      },
    }));
  });
  afterAll(() => void jest.restoreAllMocks());

  it('are chosen by the notification, each with an attempt list of its own', async () => {
    const [good, shaky] = [await channel(team, { to: 'good' }), await channel(team, { fails: 2 })];
    const other = await channel(await room.make.workspace().create(), {});
    const event = await happened(room, team, { title: 'Chat of it' });
    const one = notificationOf(place(), [event], { channels: [good, shaky, other, uuidv7()] });
    await tell(room, [one]);
    const found = await settled(one.id);
    expect(found.map(({ channel_id }) => channel_id).sort()).toEqual([good, shaky].sort());
    const tries = (id: string) =>
      found.find((row) => row.channel_id === id)?.tries.map(({ outcome, answer }) => [outcome, answer]);
    expect(tries(good)).toEqual([['sent', '200 OK']]);
    expect(tries(shaky)).toEqual([
      ['failed', 'The other side is away.'],
      ['failed', 'The other side is away.'],
      ['sent', '200 OK'],
    ]);
    const [first] = given.filter(({ settings }) => 'to' in (settings as object));
    expect(first).toMatchObject({
      settings: { to: 'good' },
      message: {
        notificationId: one.id,
        subject: 'Found: Chat of it',
        total: 1,
        reason: { filter: null, unsubscribeUrl: null },
      },
    });
    const url = team.url(`deliveries/${found[0]?.id}`);
    expect((await room.call(ada, 'GET', url)).json()).toMatchObject({
      notificationId: one.id,
      state: 'sent',
      total: 1,
    });
  });

  it('that are switched off before it is sent get nothing', async () => {
    const gone = await channel(team, { to: 'gone' });
    await room.rows(`create or replace function hold() returns trigger language plpgsql as
      $$ begin new.next_attempt_at := now() + interval '1 hour'; return new; end $$`);
    await room.rows('create or replace trigger hold before insert on job for each row execute function hold()');
    const one = notificationOf(place(), [await happened(room, team)], { channels: [gone] });
    await tell(room, [one]);
    await room.rows('drop trigger hold on job');
    await room.rows(`update notification_channel set disabled_reason = 'Gone.' where id = $1 returning id`, [gone]);
    await room.rows('update job set next_attempt_at = now(), announced_at = null where state = $1 returning id', [
      'queued',
    ]);
    const [delivery] = await settled(one.id);
    expect(delivery).toMatchObject({
      state: 'failed',
      job_state: 'done',
      error: expect.stringContaining('switched off'),
      tries: [],
    });
    expect(given.some(({ message }) => message.notificationId === one.id)).toBe(false);
  });

  it('that do not exist, or are not theirs, are refused by name', async () => {
    const notifier = room.application.app.get(Notifier);
    const here = await channel(team, {});
    const foreign = await channel(await room.make.workspace().create(), {});
    await expect(notifier.checkChannels(place(), ['mail', 'push', here])).resolves.toBeUndefined();
    const refused = notifier.checkChannels(place(), ['mail', foreign, 'pigeon']);
    await expect(refused).rejects.toThrow(ValidationFailed);
    await expect(refused).rejects.toMatchObject({
      extra: { errors: [{ path: '/body/channels/1' }, { path: '/body/channels/2' }] },
    });
  });
});

describe('an address that is suppressed', () => {
  it('gets no mail of notifications until that is lifted', async () => {
    const bounced = await room.make.person().in(team).create();
    const { app } = room.application;
    const suppress = () =>
      app
        .get(Transactions)
        .run((em) => app.get(Suppressions).add(em, bounced.email.toUpperCase(), 'bounce', 'No such mailbox'));
    expect([await suppress(), await suppress()]).toEqual([true, false]);
    const one = notificationOf(place(bounced), [await happened(room, team)], { channels: ['mail'] });
    await tell(room, [one]);
    const [held] = await settled(one.id);
    expect(held).toMatchObject({
      state: 'failed',
      job_state: 'done',
      error: expect.stringContaining('No such mailbox'),
    });
    const events = await room.application.events({ subjectId: held?.id });
    expect(events).toEqual([
      expect.objectContaining({ type: 'delivery.failed', data: expect.objectContaining({ refused: true }) }),
    ]);
    await app.get(Transactions).run((em) => app.get(Suppressions).lift(em, bounced.email));
    const two = notificationOf(place(bounced), [await happened(room, team)], { channels: ['mail'] });
    await tell(room, [two]);
    expect(await settled(two.id)).toEqual([expect.objectContaining({ state: 'sent' })]);
    const subjects = (await mailsTo(bounced.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.startsWith('Found'))).toHaveLength(1);
  });

  it('is forgotten with the person, and so are their notifications', async () => {
    const leaver = await room.make.person().in(team).create();
    const { app } = room.application;
    await app.get(Transactions).run((em) => app.get(Suppressions).add(em, leaver.email, 'bounce', null));
    await tell(room, [notificationOf(place(leaver), [await happened(room, team)])]);
    const subject = { id: leaver.id, addresses: [leaver.email] };
    const held = () => app.get(Suppressions).why(leaver.email);
    expect([typeof (await held()), (await inbox(leaver)).length]).toEqual(['string', 1]);
    for (let again = 0; again < 2; again++)
      await app.get(NotificationsPersonalData).erase(subject, new AbortController().signal);
    expect([await held(), await inbox(leaver)]).toEqual([undefined, []]);
    expect(await room.rows('select from delivery where user_id = $1', [leaver.id])).toEqual([]);
  });
});
