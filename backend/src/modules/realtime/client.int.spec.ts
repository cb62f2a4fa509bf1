import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { v7 as uuidv7 } from 'uuid';
import {
  type ConnectionState,
  LiveClient,
  type LiveClientOptions,
  type WatchListener,
  type WatchPlace,
} from '#contract/realtime/client/index.js';
import { UsersModule } from '#modules/users/index.js';
import { EventSight } from '#platform/filters/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory, type TestPerson } from '#test/factories.js';
import { expire, sealed } from '#test/live-events.js';
import { freePort } from '#test/signal/app-process.js';
import { RealtimeModule } from './index.js';

let staying: TestApplication;
let make: Factory;
let port: number;

const SETTINGS = { SIGNALBOX_SOCKET_HEARTBEAT_MS: '100', SIGNALBOX_SOCKETS_PER_PERSON: '1000' };
const rooms = [UsersModule, RealtimeModule];

/** Another process of the same instance, on a port of its own. */
async function another(at: number): Promise<TestApplication> {
  const started = await startApplication(rooms, SETTINGS, staying.instance);
  started.app.get(EventSight).place('deals:read', ['deal.expired']);
  await started.app.listen(at, '127.0.0.1');
  return started;
}

beforeAll(async () => {
  staying = await startApplication(rooms, SETTINGS);
  staying.app.get(EventSight).place('deals:read', ['deal.expired']);
  await staying.app.listen(0, '127.0.0.1');
  make = factory(staying.app);
  port = await freePort();
});
afterAll(() => staying.close());

/** What a client went through, and what its watches heard. */
class Told implements WatchListener {
  readonly titles: string[] = [];
  readonly marks: string[] = [];
  readonly event: WatchListener['event'] = ({ data }) => void this.titles.push(String(data['title']));
  readonly live: WatchListener['live'] = () => void this.marks.push('live');
  readonly reset: WatchListener['reset'] = (reason) => void this.marks.push(`reset ${reason}`);
  readonly ended: WatchListener['ended'] = ({ code }) => void this.marks.push(`ended ${code}`);
}

const clients: LiveClient[] = [];

function clientOf(person: TestPerson, url: string, more: Partial<LiveClientOptions> = {}) {
  const options = { url, open: io as unknown as LiveClientOptions['open'], backoff: { first: 20, most: 100 } };
  const client = new LiveClient({ ...options, token: () => person.token, ...more });
  const states: ConnectionState[] = [];
  client.onState((state) => states.push(state));
  clients.push(client);
  return { client, states };
}
afterAll(() => clients.forEach((client) => client.close()));

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `e${n + from}`);

describe('the client', () => {
  it('goes on where it was when its server is ended and another one takes its port: each event once, in order', async () => {
    const team = await make.workspace().create();
    let process = await another(port);
    const { client, states } = clientOf(team.owner, `http://127.0.0.1:${port}`);
    const told = new Told();
    const watch = client.watch({ workspaceId: team.id, filter: 'type:deal.expired' }, told);
    client.connect();
    await until(() => told.marks.length === 1);
    await expire(staying.app, team.id, numbers(10));
    await until(() => told.titles.length === 10);
    await process.close();
    await until(() => client.state.name !== 'live');
    await expire(staying.app, team.id, numbers(700, 10));
    const asked = client.ask('head', {});
    process = await another(port);
    await expire(staying.app, team.id, numbers(5, 710));
    await until(() => told.titles.length >= 715);
    expect(told.titles).toEqual(numbers(715));
    expect(told.marks).toEqual(['live', 'live']);
    expect((await asked).epoch).toBe(watch.at?.epoch);
    expect(states.map(({ name }) => name)).toEqual(expect.arrayContaining(['connecting', 'live', 'offline', 'live']));
    expect(states.find(({ name }) => name === 'offline')).toMatchObject({ why: { code: 'server_closing' } });
    client.close();
    await process.close();
  });

  it('moves from one process to another while events come, and neither misses nor repeats one', async () => {
    const team = await make.workspace().create();
    const [first, second] = [await another(0), await another(0)];
    const urls = [await first.app.getUrl(), await second.app.getUrl()];
    let at: WatchPlace | undefined;
    const told = new Told();
    let writing = true;
    let count = 0;
    const writer = (async () => {
      // Each process seals what it commits, and hears of what the others did.
      for (let n = 0; writing; n++)
        await expire([staying, first, second][n % 3]!.app, team.id, numbers(7, (count += 7) - 7));
    })();
    for (let turn = 0; turn < 6; turn++) {
      const { client } = clientOf(team.owner, String(urls[turn % 2]));
      const watch = client.watch({ workspaceId: team.id, filter: 'type:deal.expired' }, told, at);
      client.connect();
      const before = told.titles.length;
      await until(() => told.marks.length === turn + 1 && told.titles.length > before);
      at = watch.at;
      client.close();
    }
    writing = false;
    await writer;
    const { client } = clientOf(team.owner, String(urls[0]));
    client.watch({ workspaceId: team.id, filter: 'type:deal.expired' }, told, at);
    client.connect();
    await until(() => told.titles.length >= count - Number(told.titles[0]?.slice(1)));
    // The first watch began somewhere; from there on nothing is missing.
    expect(told.titles).toEqual(numbers(told.titles.length, Number(told.titles[0]?.slice(1))));
    client.close();
    await first.close();
    await second.close();
  });

  it('learns by heartbeats how far a quiet watch is', async () => {
    const [team, busy] = [await make.workspace().create(), await make.workspace().create()];
    const { client } = clientOf(team.owner, await staying.app.getUrl());
    const told = new Told();
    const watch = client.watch({ workspaceId: team.id }, told);
    client.connect();
    await until(() => told.marks.length === 1);
    const from = watch.at?.position ?? 0;
    await expire(staying.app, busy.id, numbers(50));
    await sealed(staying.app, from + 50);
    await until(() => (watch.at?.position ?? 0) >= from + 50);
    expect(told.titles).toEqual([]);
    client.close();
  });

  it('says that it has to begin anew from another epoch, and goes on', async () => {
    const team = await make.workspace().create();
    const { client } = clientOf(team.owner, await staying.app.getUrl());
    const told = new Told();
    client.watch({ workspaceId: team.id }, told, { position: 1, epoch: 'of another life' });
    client.connect();
    await until(() => told.marks.length === 2);
    expect(told.marks).toEqual(['reset epoch', 'live']);
    await expire(staying.app, team.id, ['after']);
    await until(() => told.titles.length === 1);
    client.close();
  });

  it('ends a watch that is wrong, and no other', async () => {
    const team = await make.workspace().create();
    const { client } = clientOf(team.owner, await staying.app.getUrl());
    const [wrong, hidden, right] = [new Told(), new Told(), new Told()];
    client.watch({ workspaceId: team.id, filter: 'a:b' }, wrong);
    client.watch({ workspaceId: uuidv7() }, hidden);
    client.watch({ workspaceId: team.id }, right);
    client.connect();
    await until(() => right.marks.length > 0 && wrong.marks.length > 0 && hidden.marks.length > 0);
    expect([wrong.marks, hidden.marks, right.marks]).toEqual([['ended filter_refused'], ['ended not_found'], ['live']]);
    client.close();
  });

  it('renews its token, gets another one when that was refused, and gives up when none is good', async () => {
    const person = await make.person().create();
    const url = await staying.app.getUrl();
    const asked: boolean[] = [];
    const token = (fresh: boolean) => {
      asked.push(fresh);
      return fresh ? person.token : 'old';
    };
    const { client, states } = clientOf(person, url, { token });
    client.connect();
    await until(() => client.state.name === 'live');
    expect(asked).toEqual([false, true]);
    expect(states.map(({ name }) => name)).toEqual(['connecting', 'offline', 'connecting', 'live']);
    client.close();
    expect(client.state).toMatchObject({ name: 'ended', why: { code: 'closed' } });
    const refused = clientOf(person, url, { token: () => 'never good' });
    const lost = refused.client.ask('head', {}).catch((error: Error) => error.name);
    refused.client.connect();
    await until(() => refused.client.state.name === 'refused');
    expect(refused.client.state).toMatchObject({ why: { code: 'unauthenticated' } });
    expect(await lost).toBe('CommandRefused');
  });

  it('ends for good when its session does', async () => {
    const person = await make.person().create();
    const { client, states } = clientOf(person, await staying.app.getUrl());
    client.connect();
    await until(() => client.state.name === 'live');
    await make.sql('update session set ended_at = now() where id = $1 returning id', [person.sessionId]);
    await until(() => client.state.name === 'ended');
    expect(states.at(-1)).toMatchObject({ name: 'ended', why: { code: 'credentials_over' } });
  });

  it('keeps so many commands while it is offline, each once, and answers them in the end', async () => {
    const person = await make.person().create();
    const { client } = clientOf(person, await staying.app.getUrl(), { queue: 2 });
    const head = client.ask('head', {});
    expect(client.ask('head', {})).toBe(head);
    const unwatch = client.ask('unwatch', { watch: 'w0' });
    await expect(client.ask('unwatch', { watch: 'w1' })).rejects.toMatchObject({ problem: { code: 'queue_full' } });
    client.connect();
    expect(await head).toMatchObject({ epoch: expect.any(String) });
    expect(await unwatch).toMatchObject({ watch: 'w0' });
    client.close();
    await expect(client.ask('head', {})).rejects.toMatchObject({ problem: { code: 'closed' } });
  });

  it('shows who looks at a page, again after a break', async () => {
    const team = await make.workspace().create();
    const process = await another(port);
    const [a, b] = [await make.person().in(team).create(), await make.person().in(team).create()];
    const [one, two] = [clientOf(a, `http://127.0.0.1:${port}`), clientOf(b, await staying.app.getUrl())];
    const people: string[][] = [];
    const typed: string[] = [];
    const page = { workspaceId: team.id, page: 'deal:1' };
    two.client.enter(page, { people: (ids) => people.push([...ids]), typing: (id) => typed.push(id) });
    const visit = one.client.enter(page, { people: () => undefined });
    two.client.connect();
    one.client.connect();
    const both = [a.id, b.id].sort().join();
    await until(() => people.at(-1)?.join() === both);
    visit.typing();
    await until(() => typed.length > 0);
    expect(typed).toEqual([a.id]);
    await process.close();
    await until(() => people.at(-1)?.join() === b.id);
    const again = await another(port);
    await until(() => people.at(-1)?.join() === both);
    visit.leave();
    await until(() => people.at(-1)?.join() === b.id);
    for (const { client } of [one, two]) client.close();
    await again.close();
  });
});
