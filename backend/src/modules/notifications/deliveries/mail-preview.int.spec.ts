import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { EventData, EventType } from '#contract/events/index.js';
import type { EventScope } from '#platform/event-log/index.js';
import type { ToldEvent } from '#platform/notifications/index.js';
import type { TestPerson, TestWorkspace } from '#test/factories.js';
import { notificationOf, tell } from '#test/notifications.js';
import { Room } from '#test/subscriptions.js';

jest.setTimeout(60_000);

let room: Room;
let team: TestWorkspace;

beforeAll(async () => {
  room = await Room.open();
  team = await room.make.workspace().create();
});
afterAll(() => room.close());

const person = () => room.make.person().in(team).create();

/** Records an event, and waits until it has its place in the log. */
async function logged<T extends EventType>(type: T, data: EventData<T>, scope: EventScope): Promise<ToldEvent> {
  const subjectId = uuidv7();
  const id = await room.recorded(team, type, data, { scope, subjectId });
  let row: { position: number } | undefined;
  await room.until(async () => {
    [row] = await room.rows<{ position: number }>('select position::float8 as position from event where id = $1', [id]);
    return row !== undefined;
  });
  return { id, position: row!.position, type, subjectType: 'session', subjectId, scope };
}
/** A paused subscription of somebody, which delivered a mail about an event. */
async function delivered(who: TestPerson, event: ToldEvent): Promise<string> {
  const { id } = await room.subscribe(who, team, 'type:session.*', { target: 'activity', paused: true });
  const to = { userId: who.id, workspaceId: team.id };
  await tell(room, [notificationOf(to, [event], { source: { type: 'subscription', id }, channels: ['mail'] })]);
  return team.url(`subscriptions/${id}/mail-preview`);
}

describe('the mail of the newest alert', () => {
  it.each(['workspace', 'user'] as const)('about what a %s has to audit opens to no key without', async (kind) => {
    const { owner } = team;
    const scope: EventScope = kind === 'user' ? { kind, id: owner.id } : { kind };
    const started = { userId: owner.id, method: 'password' } as const;
    const url = await delivered(owner, await logged('session.started', started, scope));
    const answer = async (who: Parameters<Room['call']>[0]) => (await room.call(who, 'GET', url)).statusCode;
    const narrow = await room.make.apiKey(team, owner).scopes('subscriptions:read', 'workspace:read').create();
    const scopes = ['subscriptions:read', 'workspace:read', 'audit:read'] as const;
    const auditor = await room.make
      .apiKey(team, owner)
      .scopes(...scopes)
      .create();
    expect([await answer(owner), await answer(auditor), await answer(narrow)]).toEqual([200, 200, 404]);
  });

  it('about what is a member’s own opens to their session, and not to their key', async () => {
    const ada = await person();
    const started = { userId: ada.id, method: 'password' } as const;
    const url = await delivered(ada, await logged('session.started', started, { kind: 'user', id: ada.id }));
    const key = await room.make.apiKey(team, ada).scopes('subscriptions:read', 'workspace:read').create();
    expect((await room.call(ada, 'GET', url)).statusCode).toBe(200);
    expect((await room.call(key, 'GET', url)).statusCode).toBe(404);
  });
});

describe('a shared subscription', () => {
  it('shows each who takes part what it sent to them, and how their mail looks', async () => {
    const [ada, bea, carl] = [await person(), await person(), await person()];
    const { id } = await room.subscribe(ada, team, 'z:-1', { shared: true });
    const url = team.url(`subscriptions/${id}`);
    await room.call(bea, 'PUT', `${url}/participation`);
    const eventId = await room.found(team, { z: -1, title: 'Boston to Lisbon' });
    await room.read();
    const sent = async (who: TestPerson) =>
      (await room.call(who, 'GET', `${url}/deliveries`)).json<{ items: object[] }>().items;
    const mail = (who: TestPerson) => room.call(who, 'GET', `${url}/mail-preview`);
    for (const who of [ada, bea]) {
      expect(await sent(who)).toEqual([expect.objectContaining({ subscriptionId: id, eventId, channel: 'mail' })]);
      expect((await mail(who)).json()).toMatchObject({ eventId, subject: 'Found: Boston to Lisbon' });
    }
    const { seat_id: seat } = (await room.matches(id)).find(({ user_id }) => user_id === bea.id)!;
    const links = (await mail(bea)).json<{ text: string }>().text.match(/unsubscriptions\/[0-9a-f-]+/g);
    expect(links).toContain(`unsubscriptions/${seat}`);
    expect(links).not.toContain(`unsubscriptions/${id}`);
    expect([await sent(carl), (await mail(carl)).statusCode]).toEqual([[], 404]);
  });
});
