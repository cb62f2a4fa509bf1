import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory } from '#test/factories.js';
import { newSocket, openSocket, refusalOf } from '#test/sockets.js';
import { RealtimeModule } from './index.js';

let application: TestApplication;
let make: Factory;
let url: string;

const start = async (settings: Record<string, string> = {}) => {
  const started = await startApplication([UsersModule, RealtimeModule], settings);
  await started.app.listen(0, '127.0.0.1');
  return { started, at: await started.app.getUrl() };
};

beforeAll(async () => {
  const { started, at } = await start({
    SIGNALBOX_SOCKETS_PER_PERSON: '2',
    SIGNALBOX_SOCKETS_PER_ADDRESS: '3',
    SIGNALBOX_SOCKET_HANDSHAKE_MS: '200',
    SIGNALBOX_CORS_ORIGINS: 'https://console.example.com',
  });
  [application, url] = [started, at];
  make = factory(application.app);
});
afterAll(() => application.close());

describe('a socket', () => {
  it('is let in with an access token, and told where the log stands and where it belongs', async () => {
    const team = await make.workspace().create();
    const { socket, hello } = await openSocket(url, team.owner.token);
    expect(hello.workspaces).toEqual([{ id: team.id, role: 'owner' }]);
    expect(hello.epoch).toEqual(expect.any(String));
    const [state] = await application.rows<{ epoch: string }>('select epoch from log_state');
    expect(hello.epoch).toBe(state?.epoch);
    expect(Date.parse(hello.expiresAt ?? '')).toBeGreaterThan(Date.now());
    socket.disconnect();
  });

  it('is let in with an API key, whose end is not known beforehand', async () => {
    const team = await make.workspace().create();
    const { key } = await make.apiKey(team, team.owner).create();
    const { socket, hello } = await openSocket(url, key);
    expect(hello).toMatchObject({ expiresAt: null, workspaces: [{ id: team.id, role: 'owner' }] });
    socket.disconnect();
  });

  it('is refused without credentials, and with what is none', async () => {
    expect(await refusalOf(url)).toMatchObject({ code: 'unauthenticated' });
    expect(await refusalOf(url, 'nonsense')).toMatchObject({ code: 'unauthenticated' });
    for (const auth of [{ token: 7 }, { token: 'x'.repeat(3000) }, { token: ['a'] }, { token: { a: 1 } }])
      expect(await refusalOf(url, undefined, { auth })).toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused with the token of a session that ended this moment', async () => {
    const person = await make.person().create();
    expect((await application.request('GET', '/api/v1/me', { headers: person.headers })).statusCode).toBe(200);
    // Behind the back of what the process remembers of the session for a while.
    await make.sql('update session set ended_at = now() where id = $1 returning id', [person.sessionId]);
    expect(await refusalOf(url, person.token)).toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused with a key that was revoked, or may come from elsewhere only', async () => {
    const team = await make.workspace().create();
    const [revoked, elsewhere] = [
      await make.apiKey(team, team.owner).create(),
      await make.apiKey(team, team.owner).create(),
    ];
    await make.sql('update api_key set revoked_at = now() where id = $1 returning id', [revoked.id]);
    await make.sql(`update api_key set allowed_addresses = '{198.51.100.0/24}' where id = $1 returning id`, [
      elsewhere.id,
    ]);
    expect(await refusalOf(url, revoked.key)).toMatchObject({ code: 'unauthenticated' });
    expect(await refusalOf(url, elsewhere.key)).toMatchObject({ code: 'address_not_allowed' });
  });

  it('is refused to the pages of other sites, and let in for ours', async () => {
    const { token } = await make.person().create();
    for (const origin of ['https://evil.example', 'null', 'https://console.example.com.evil.example'])
      expect(await refusalOf(url, token, { headers: { origin } })).toMatchObject({ code: 'foreign_origin' });
    for (const origin of ['https://console.example.com', url]) {
      const { socket } = await openSocket(url, token, { headers: { origin } });
      socket.disconnect();
    }
  });

  it('is refused beyond so many of one person, and let in when one is gone', async () => {
    const { token } = await make.person().create();
    const [first, second] = [await openSocket(url, token), await openSocket(url, token)];
    expect(await refusalOf(url, token)).toMatchObject({ code: 'too_many_sockets' });
    first.socket.disconnect();
    await eventually(async () => {
      const { socket } = await openSocket(url, token);
      socket.disconnect();
    });
    second.socket.disconnect();
  });

  it('is refused beyond so many of one address, whoever they are; of several at once none too many is let in', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => make.person().create()));
    const outcomes = await Promise.allSettled(
      people.map(({ token }) => openSocket(url, token, { localAddress: '127.0.0.2' })),
    );
    const sockets = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.socket] : []));
    expect(sockets).toHaveLength(3);
    const another = await make.person().create();
    expect(await refusalOf(url, another.token, { localAddress: '127.0.0.2' })).toMatchObject({
      code: 'too_many_sockets',
    });
    const { socket } = await openSocket(url, another.token, { localAddress: '127.0.0.3' });
    for (const open of [...sockets, socket]) open.disconnect();
  });

  it('is ended when it does not show any credentials in time', async () => {
    const silent = new WebSocket(`${url.replace('http', 'ws')}/ws/?EIO=4&transport=websocket`);
    const opened = new Promise((resolve) => silent.addEventListener('open', resolve));
    const closed = new Promise((resolve) => silent.addEventListener('close', resolve));
    await opened;
    await closed;
    expect(silent.readyState).toBe(WebSocket.CLOSED);
  });

  it('is not served over long polling', async () => {
    const answer = await fetch(`${url}/ws/?EIO=4&transport=polling`);
    expect(answer.status).toBe(400);
  });
});

describe('sockets of one address', () => {
  it('are refused when they are opened too often', async () => {
    const { started, at } = await start({ SIGNALBOX_RATE_SOCKET: '3' });
    const codes: string[] = [];
    for (let count = 0; count < 4; count++) codes.push((await refusalOf(at, 'nonsense')).code);
    expect(codes).toEqual([...Array<string>(3).fill('unauthenticated'), 'too_many_requests']);
    await started.close();
  });

  it('are not taken where the process has another role', async () => {
    const { started, at } = await start({ SIGNALBOX_ROLES: 'api' });
    const { token } = await factory(started.app).person().create();
    expect(await refusalOf(at, token)).toMatchObject({ code: 'no_sockets' });
    await started.close();
  });
});

describe('another namespace', () => {
  it('does not exist', async () => {
    const { token } = await make.person().create();
    const socket = newSocket(`${url}/admin`, token);
    const message = await new Promise((resolve) => socket.once('connect_error', (error) => resolve(error.message)));
    expect(message).toBe('Invalid namespace');
    socket.disconnect();
  });
});

/** Tries again until it goes through: the server hears a little later that a client has gone. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
