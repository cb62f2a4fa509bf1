import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Socket as Connection } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { LiveClient, type LiveClientOptions } from '#contract/realtime/client/index.js';
import { UsersModule } from '#modules/users/index.js';
import { EventSight } from '#platform/filters/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory, type TestWorkspace } from '#test/factories.js';
import { expire, Heard } from '#test/live-events.js';
import { ask, openSocket, type TestSocket } from '#test/sockets.js';
import { RealtimeModule } from './index.js';
import { Pressure, type Waiting } from './server/pressure.js';
import { Standings } from './standings/standings.js';
import type { LiveSocket } from './server/live-socket.js';
import { Feed } from './watches/feed.js';

let here: TestApplication;
let make: Factory;
let url: string;

const LIMIT_KB = 64;

beforeAll(async () => {
  here = await startApplication([UsersModule, RealtimeModule], {
    SIGNALBOX_SOCKET_BUFFER_KB: String(LIMIT_KB),
    SIGNALBOX_SOCKET_HEARTBEAT_MS: '100',
  });
  here.app.get(EventSight).place('deals:read', ['deal.expired']);
  await here.app.listen(0, '127.0.0.1');
  url = await here.app.getUrl();
  make = factory(here.app);
});
afterAll(() => here.close());

/** The network below a client's socket: paused, it reads nothing, and what the kernel holds fills up. */
const network = (socket: object) =>
  (socket as unknown as { io: { engine: { transport: { ws: { _socket: Connection } } } } }).io.engine.transport.ws
    ._socket;

const PAD = 'x'.repeat(20_000);
/** Events so large that they fill what lies between, until the feed has given a socket up for now. @returns their titles */
async function flood(team: TestWorkspace): Promise<string[]> {
  const titles: string[] = [];
  const feed = here.app.get(Feed);
  while (feed.owing().length === 0) {
    const some = Array.from({ length: 25 }, (_, n) => `${titles.length + n} ${PAD}`);
    await expire(here.app, team.id, some);
    titles.push(...some);
  }
  return titles;
}

/** The most that waits for any socket of the process, in bytes. */
function waiting(): number {
  const sockets = [...(here.app.get(Standings) as unknown as { sockets: Set<LiveSocket> }).sockets];
  return Math.max(...sockets.map(({ conn }) => here.app.get(Pressure).waiting(conn as unknown as Waiting)));
}

const numbersOf = (titles: readonly string[]) => titles.map((title) => Number(title.split(' ')[0]));

describe('a socket that does not read', () => {
  it('is told what it skipped, can have it replayed, holds up nobody and does not grow the server', async () => {
    const team = await make.workspace().create();
    const [slow, quick] = [await openSocket(url, team.owner.token), await openSocket(url, team.owner.token)];
    const [told, other] = [new Heard(slow.socket), new Heard(quick.socket)];
    for (const { socket } of [slow, quick]) await ask(socket, 'watch', { workspaceId: team.id });
    await Promise.all([told.until('live', 1), other.until('live', 1)]);
    network(slow.socket).pause();
    const titles = await flood(team);
    // Much more than it takes: the server holds what it held.
    for (let turn = 0; turn < 4; turn++) {
      const more = Array.from({ length: 25 }, (_, n) => `${titles.length + n} ${PAD}`);
      await expire(here.app, team.id, more);
      titles.push(...more);
    }
    await other.until('event', titles.length);
    expect(numbersOf(other.titles())).toEqual(titles.map((_, n) => n));
    // The limit, and what was under way when it was reached.
    expect(waiting()).toBeLessThan(LIMIT_KB * 1024 + 2 * PAD.length);
    network(slow.socket).resume();
    await told.until('skipped', 1);
    const [skipped] = told.of('skipped');
    const [first, last] = [skipped?.from ?? 0, skipped?.to ?? 0];
    const positions = other.of('event').map(({ event }) => event.position);
    const heard = told.of('event').map(({ event }) => event.position);
    expect(heard).toEqual(positions.filter((position) => position <= first || position > last));
    expect(heard.length).toBeLessThan(positions.length);
    const { epoch } = slow.hello;
    await ask(slow.socket, 'watch', { workspaceId: team.id, after: first, epoch });
    await told.until('live', 2);
    const all = new Set(told.of('event').map(({ event }) => event.position));
    expect([...all].sort((a, b) => a - b)).toEqual(positions);
    for (const { socket } of [slow, quick]) socket.disconnect();
  });

  it('is caught up by the client by itself: each event once, in order', async () => {
    const team = await make.workspace().create();
    let below: Socket | undefined;
    const open = ((...made: Parameters<typeof io>) => (below = io(...made))) as unknown as LiveClientOptions['open'];
    const client = new LiveClient({ url, open, token: () => team.owner.token });
    const titles: string[] = [];
    let live = 0;
    client.watch(
      { workspaceId: team.id },
      { event: ({ data }) => void titles.push(String(data['title'])), live: () => live++ },
    );
    client.connect();
    while (live === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    network(below as unknown as TestSocket).pause();
    const sent = await flood(team);
    network(below as unknown as TestSocket).resume();
    while (live < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(numbersOf(titles)).toEqual(sent.map((_, n) => n));
    client.close();
  });

  it('is replayed no faster than it reads', async () => {
    const team = await make.workspace().create();
    const { socket, hello } = await openSocket(url, team.owner.token);
    const heard = new Heard(socket);
    const titles = Array.from({ length: 1500 }, (_, n) => `${n} ${PAD}`);
    for (let at = 0; at < titles.length; at += 250) await expire(here.app, team.id, titles.slice(at, at + 250));
    const asked = await ask(socket, 'watch', { workspaceId: team.id, after: hello.position, epoch: hello.epoch });
    network(socket).pause();
    expect(asked).toMatchObject({ ok: true, reset: null });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    // What may wait, and the event that was one too many: not the page of the log that it is of.
    expect(waiting()).toBeLessThan(LIMIT_KB * 1024 + 2 * PAD.length);
    network(socket).resume();
    await heard.until('live', 1);
    expect(numbersOf(heard.titles())).toEqual(titles.map((_, n) => n));
    socket.disconnect();
  });
});
