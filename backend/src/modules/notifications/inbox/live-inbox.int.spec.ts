import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { io } from 'socket.io-client';
import { LiveClient, type LiveClientOptions } from '#contract/realtime/client/index.js';
import type { ServerMessage } from '#contract/realtime/index.js';
import { RealtimeModule } from '#modules/realtime/index.js';
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { happened, notificationOf, tell } from '#test/notifications.js';
import { Room } from '#test/subscriptions.js';
import { EventSight, FiltersModule } from '#platform/filters/index.js';
import { NotificationKindsModule, type ToldEvent } from '#platform/notifications/index.js';
import { NotificationsModule } from '../index.js';
import { SnoozeEnds } from './snooze-ends.js';

jest.setTimeout(20_000);

let room: Room;
let team: TestWorkspace;
let event: ToldEvent;
let other: TestApplication;
const clients: LiveClient[] = [];

beforeAll(async () => {
  room = await Room.open({}, [RealtimeModule]);
  const rooms = [FiltersModule, NotificationKindsModule, UsersModule, NotificationsModule, RealtimeModule];
  other = await startApplication(rooms, {}, room.application.instance);
  other.app.get(EventSight).place('deals:read', ['deal.found']);
  for (const { app } of [room.application, other]) await app.listen(0, '127.0.0.1');
  team = await room.make.workspace().create();
  event = await happened(room, team, { title: 'Boston to Lisbon' });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await other.close();
  await room.close();
});

type Told = ServerMessage<'inbox'>;

/** Opens a page of somebody. @returns what it is told of the inbox, in order */
async function page(who: TestPerson, at = room.application): Promise<{ told: Told[]; client: LiveClient }> {
  const open = io as unknown as LiveClientOptions['open'];
  const client = new LiveClient({ url: await at.app.getUrl(), open, token: () => who.token });
  const told: Told[] = [];
  client.inbox.add((message) => told.push(message));
  client.connect();
  clients.push(client);
  await room.until(async () => told.length > 0);
  return { told, client };
}

async function heard(told: readonly Told[], check: (message: Told) => boolean): Promise<Told> {
  await room.until(async () => told.some(check));
  return told.find(check)!;
}

/** Tells a person of something without any channel. @returns the notification's id */
async function notify(who: TestPerson, events = [event], more: object = {}): Promise<string> {
  const one = notificationOf({ userId: who.id, workspaceId: team.id }, events, { channels: [], ...more });
  await tell(room, [one]);
  return one.id;
}
const patch = (who: TestPerson, id: string, body: object) =>
  room.call(who, 'PATCH', `/api/v1/me/notifications/${id}`, body);
const has = (id: string) => (message: Told) => message.notifications.some((one) => one.id === id);

describe('an inbox, live', () => {
  it('tells every open page of its person what comes, what is done with it and how much is unread, and nobody else', async () => {
    const [ada, bob] = [await room.make.person().in(team).create(), await room.make.person().in(team).create()];
    const [here, there, bobs] = [await page(ada), await page(ada, other), await page(bob)];
    const nothing = { unread: { total: 0, workspaces: [] }, notifications: [], read: [], anew: true };
    expect([here.told, there.told, bobs.told]).toMatchObject([[nothing], [nothing], [nothing]]);

    const one = await notify(ada);
    const subject = { type: 'deal', id: event.subjectId };
    const item = {
      id: one,
      workspaceId: team.id,
      topic: 'deal',
      type: 'deal.found',
      subject,
      form: 'single',
      total: 1,
    };
    const unread = (count: number) => ({
      total: count,
      workspaces: count ? [{ workspaceId: team.id, unread: count, topics: [{ topic: 'deal', unread: count }] }] : [],
    });
    for (const { told } of [here, there])
      expect(await heard(told, has(one))).toMatchObject({
        anew: false,
        unread: unread(1),
        notifications: [{ ...item, arrived: true, readAt: null, archivedAt: null, snoozedUntil: null }],
      });
    const [created] = await room.application.events({ type: 'notification.created', subjectId: one });
    expect(created).toMatchObject({ workspaceId: team.id, data: { type: 'deal.found', form: 'single', total: 1 } });

    const many = await notify(ada, [event], { total: 10, form: 'burst' });
    expect(await heard(there.told, has(many))).toMatchObject({
      unread: unread(2),
      notifications: [{ ...item, id: many, form: 'burst', total: 10, arrived: true }],
    });

    const later = new Date(Date.now() + 3_600_000).toISOString();
    for (const [id, body, state, left] of [
      [one, { read: true }, { readAt: expect.any(String), arrived: false }, 1],
      [many, { snoozedUntil: later }, { snoozedUntil: later, readAt: null, arrived: false }, 0],
      [many, { archived: true }, { archivedAt: expect.any(String), arrived: false }, 0],
      [one, { read: false }, { readAt: null, arrived: false }, 1],
    ] as const) {
      const before = there.told.length;
      expect((await patch(ada, id, body)).statusCode).toBe(204);
      await room.until(async () => there.told.length > before);
      expect(there.told.at(-1)).toMatchObject({ unread: unread(left), notifications: [{ id, ...state }], read: [] });
    }

    await room.call(ada, 'POST', '/api/v1/me/notification-readings', { upTo: event.position });
    expect(await heard(there.told, ({ read }) => read.length > 0)).toMatchObject({
      unread: unread(0),
      read: [{ workspaceId: team.id, upTo: event.position }],
    });
    expect(bobs.told).toHaveLength(1);
  });

  it('tells of what was put off when it comes back, as of what comes, on every process and once', async () => {
    const ada = await room.make.person().in(team).create();
    const { told } = await page(ada, other);
    const [one, archived] = [await notify(ada), await notify(ada)];
    const later = new Date(Date.now() + 3_600_000).toISOString();
    for (const id of [one, archived]) expect((await patch(ada, id, { snoozedUntil: later })).statusCode).toBe(204);
    expect((await patch(ada, archived, { archived: true })).statusCode).toBe(204);
    await heard(told, ({ notifications }) => notifications.some(({ id, archivedAt }) => id === archived && archivedAt));
    const before = told.length;
    await room.rows(`update notification set snoozed_until = now() where user_id = $1 returning 1`, [ada.id]);
    await Promise.all([room.application, other].map(({ app }) => app.get(SnoozeEnds).look()));
    await room.until(async () => told.slice(before).some(has(one)));
    expect(told.slice(before).filter(has(one))).toMatchObject([{ anew: false, unread: { total: 1 } }]);
    const items = told.slice(before).flatMap(({ notifications }) => notifications);
    expect(items.filter(({ arrived }) => arrived)).toMatchObject([{ id: one, readAt: null, snoozedUntil: null }]);
    for (const id of [one, archived]) {
      const events = await room.application.events({ type: 'notification.returned', subjectId: id });
      expect(events.map(({ data }) => data)).toEqual(id === one ? [{ read: false }] : []);
      expect(await room.rows(`select snoozed_until from notification where id = $1`, [id])).toEqual([
        { snoozed_until: null },
      ]);
    }
  });

  it('tells a page that connects again how the inbox stands, and one of more than it can name to load it anew', async () => {
    const ada = await room.make.person().in(team).create();
    const { told, client } = await page(ada, other);
    client.close();
    await notify(ada);
    client.connect();
    expect(await heard(told, ({ unread }) => unread.total === 1)).toMatchObject({ anew: true, notifications: [] });

    const about = { userId: ada.id, workspaceId: team.id };
    await tell(
      room,
      Array.from({ length: 60 }, () => notificationOf(about, [event], { channels: [] })),
    );
    expect(await heard(told, ({ unread, anew }) => anew && unread.total === 61)).toMatchObject({ notifications: [] });
  });

  it('tells of nothing that its person may not see at that moment', async () => {
    const ada = await room.make.person().in(team).create();
    const { told } = await page(ada);
    const seen = await notify(ada);
    await heard(told, has(seen));
    await room.demote(ada, team, ['workspace:read', 'subscriptions:read']);
    expect(await heard(told, ({ anew, unread }) => anew && unread.total === 0 && told.length > 2)).toBeDefined();
    await patch(ada, seen, { read: true });
    const own = await happened(room, team, {}, { kind: 'user', id: ada.id });
    const mine = await notify(ada, [own]);
    expect((await heard(told, has(mine))).unread.total).toBe(1);
    expect(told.slice(2).flatMap(({ notifications }) => notifications.map(({ id }) => id))).toEqual([mine]);
  });
});
