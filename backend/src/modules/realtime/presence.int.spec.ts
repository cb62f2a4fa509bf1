import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandBody, ServerMessage } from '#contract/realtime/index.js';
import { UsersModule } from '#modules/users/index.js';
import { RedisConnections } from '#platform/redis/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory, type TestPerson, type TestWorkspace } from '#test/factories.js';
import { Heard } from '#test/live-events.js';
import { ask, openSocket, type TestSocket } from '#test/sockets.js';
import { RealtimeModule } from './index.js';

let here: TestApplication;
let elsewhere: TestApplication;
let make: Factory;
let team: TestWorkspace;
let urls: [string, string];

beforeAll(async () => {
  const settings = { SIGNALBOX_PRESENCE_SECONDS: '3', SIGNALBOX_SOCKET_PAGES: '2' };
  here = await startApplication([UsersModule, RealtimeModule], settings);
  elsewhere = await startApplication([UsersModule, RealtimeModule], settings, here.instance);
  for (const { app } of [here, elsewhere]) await app.listen(0, '127.0.0.1');
  urls = [await here.app.getUrl(), await elsewhere.app.getUrl()];
  make = factory(here.app);
  team = await make.workspace().create();
});
afterAll(async () => {
  await elsewhere.close();
  await here.close();
});

interface Visitor {
  person: TestPerson;
  socket: TestSocket;
  heard: Heard;
}

async function visitor(url: string, person?: TestPerson): Promise<Visitor> {
  const who = person ?? (await make.person().in(team).create());
  const { socket } = await openSocket(url, who.token);
  return { person: who, socket, heard: new Heard(socket, ['presence', 'typing', 'workspaces']) };
}

const sorted = (...visitors: Visitor[]) => visitors.map(({ person }) => person.id).sort();
const enter = (socket: TestSocket, page: string) => ask(socket, 'enter', { workspaceId: team.id, page });

/** Waits until a socket was told that these look at a page, and nobody else. */
async function seen({ heard }: Visitor, page: string, people: string[]): Promise<void> {
  const last = () => heard.of('presence').findLast((one) => one.page === page) as ServerMessage<'presence'> | undefined;
  while (last()?.people.join() !== people.join()) await heard.until('presence', heard.of('presence').length + 1);
}

describe('a page', () => {
  it('shows who looks at it on every process, and who comes and goes', async () => {
    const [a, b, c] = [await visitor(urls[0]), await visitor(urls[1]), await visitor(urls[1])];
    expect(await enter(a.socket, 'deal:1')).toEqual({ ok: true, people: sorted(a), count: 1 });
    expect(await enter(b.socket, 'deal:1')).toEqual({ ok: true, people: sorted(a, b), count: 2 });
    expect(await enter(c.socket, 'deal:1')).toEqual({ ok: true, people: sorted(a, b, c), count: 3 });
    await Promise.all([a, b, c].map((one) => seen(one, 'deal:1', sorted(a, b, c))));
    await ask(b.socket, 'leave', { workspaceId: team.id, page: 'deal:1' });
    await Promise.all([a, c].map((one) => seen(one, 'deal:1', sorted(a, c))));
    c.socket.disconnect();
    await seen(a, 'deal:1', sorted(a));
    for (const { socket } of [a, b]) socket.disconnect();
  });

  it('shows somebody once however many windows they have, until the last one is closed', async () => {
    const [a, watching] = [await visitor(urls[0]), await visitor(urls[0])];
    const second = await visitor(urls[0], a.person);
    for (const { socket } of [watching, a, second]) await enter(socket, 'deal:2');
    await seen(watching, 'deal:2', sorted(a, watching));
    a.socket.disconnect();
    const other = await visitor(urls[0]);
    expect(await enter(other.socket, 'deal:2')).toEqual({
      ok: true,
      people: sorted(second, watching, other),
      count: 3,
    });
    second.socket.disconnect();
    await seen(watching, 'deal:2', sorted(watching, other));
    for (const { socket } of [watching, other]) socket.disconnect();
  });

  it('forgets those whose process died without a word', async () => {
    const a = await visitor(urls[0]);
    const redis = here.app.get(RedisConnections);
    const ghost = '01900000-0000-7000-8000-00000000dead';
    const key = `${redis.prefix}:presence:${team.id}:deal:3`;
    await redis.get('presence').zadd(key, Date.now() + 500, `${ghost} another-process`);
    expect(await enter(a.socket, 'deal:3')).toEqual({ ok: true, people: [ghost, a.person.id].sort(), count: 2 });
    await seen(a, 'deal:3', sorted(a));
    a.socket.disconnect();
  });

  it('is left with the workspace', async () => {
    const [a, b] = [await visitor(urls[0]), await visitor(urls[0])];
    for (const { socket } of [a, b]) await enter(socket, 'deal:4');
    await seen(a, 'deal:4', sorted(a, b));
    await make.sql('delete from membership where user_id = $1 returning user_id', [b.person.id]);
    await seen(a, 'deal:4', sorted(a));
    for (const { socket } of [a, b]) socket.disconnect();
  });

  it('is one of so many of a socket, of a workspace of one’s own, and nothing for keys', async () => {
    const a = await visitor(urls[0]);
    const other = await make.workspace().create();
    const { key } = await make.apiKey(team, team.owner).create();
    const { socket: robot } = await openSocket(urls[0], key);
    for (const page of ['x:1', 'x:2', 'x:2']) expect(await enter(a.socket, page)).toMatchObject({ ok: true });
    expect(await enter(a.socket, 'x:3')).toMatchObject({ problem: { code: 'too_many_pages' } });
    const foreign = { workspaceId: other.id, page: 'x:1' };
    expect(await ask(a.socket, 'enter', foreign)).toMatchObject({ problem: { code: 'not_found' } });
    expect(await ask(a.socket, 'typing', foreign)).toMatchObject({ problem: { code: 'not_found' } });
    expect(await enter(robot, 'x:1')).toMatchObject({ problem: { code: 'forbidden' } });
    for (const page of ['', 'a b', 'ü', '*', 'x'.repeat(201), 7])
      expect(await ask(a.socket, 'enter', { workspaceId: team.id, page } as CommandBody<'enter'>)).toMatchObject({
        problem: { code: 'validation_failed' },
      });
    for (const socket of [a.socket, robot]) socket.disconnect();
  });
});

describe('typing', () => {
  it('is told to the others on the page, on every process, and not oftener than once a second', async () => {
    const [a, b, c] = [await visitor(urls[0]), await visitor(urls[0]), await visitor(urls[1])];
    const page = { workspaceId: team.id, page: 'deal:5' };
    expect(await ask(a.socket, 'typing', page)).toMatchObject({ problem: { code: 'not_on_page' } });
    for (const { socket } of [a, b, c]) await ask(socket, 'enter', page);
    await seen(a, 'deal:5', sorted(a, b, c));
    for (let count = 0; count < 30; count++) expect(await ask(a.socket, 'typing', page)).toMatchObject({ ok: true });
    await Promise.all([b, c].map(({ heard }) => heard.until('typing', 1)));
    expect(b.heard.of('typing')[0]).toEqual({ ...page, userId: a.person.id, forMs: 5000 });
    expect(c.heard.of('typing')[0]).toEqual({ ...page, userId: a.person.id, forMs: 5000 });
    expect(b.heard.of('typing').length).toBeLessThan(15);
    expect(a.heard.of('typing')).toEqual([]);
    for (const { socket } of [a, b, c]) socket.disconnect();
  });
});

describe('without Redis', () => {
  it('a process shows who looks at a page on it', async () => {
    const alone = await startApplication([UsersModule, RealtimeModule], { REDIS_URL: 'redis://127.0.0.1:1' });
    await alone.app.listen(0, '127.0.0.1');
    const own = factory(alone.app);
    const [workspace, url] = [await own.workspace().create(), await alone.app.getUrl()];
    const { socket } = await openSocket(url, workspace.owner.token);
    const page = { workspaceId: workspace.id, page: 'deal:1' };
    expect(await ask(socket, 'enter', page)).toEqual({ ok: true, people: [workspace.owner.id], count: 1 });
    const other = await openSocket(url, (await own.person().in(workspace).create()).token);
    expect(await ask(other.socket, 'enter', page)).toMatchObject({ ok: true, people: { length: 2 } });
    for (const one of [socket, other.socket]) one.disconnect();
    await alone.close();
  });
});
