import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { UsersModule } from '#modules/users/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type Factory, type TestPerson } from '#test/factories.js';
import { ask, ended, next, openSocket, refusalOf } from '#test/sockets.js';
import { RealtimeGateway, RealtimeModule } from './index.js';
import type { LiveSocket } from './server/live-socket.js';
import { Standings } from './standings/standings.js';

let here: TestApplication;
let elsewhere: TestApplication;
let make: Factory;
let url: string;

beforeAll(async () => {
  here = await startApplication([UsersModule, RealtimeModule], { SIGNALBOX_SOCKET_HEARTBEAT_MS: '100' });
  elsewhere = await startApplication([UsersModule, RealtimeModule], {}, here.instance);
  await here.app.listen(0, '127.0.0.1');
  url = await here.app.getUrl();
  make = factory(here.app);
});
afterAll(async () => {
  await elsewhere.close();
  await here.close();
});

/** A session of a person more. */
async function anotherSession(person: TestPerson): Promise<{ id: string; token: string }> {
  const id = uuidv7();
  await make.sql(
    `insert into session (id, user_id, method, created_at, last_used_at, idle_expires_at, expires_at)
     values ($1, $2, 'password', now(), now(), now() + interval '14 days', now() + interval '30 days') returning id`,
    [id, person.id],
  );
  return { id, token: make.token(person.id, id) };
}

/** The sockets here, as the server has them. */
const kept = () => [...(here.app.get(Standings) as unknown as { sockets: Set<LiveSocket> }).sockets];

/** The rooms of every socket here that carries credentials of somebody, but its own. */
const roomsOf = (principal: string) =>
  kept()
    .filter(({ data }) => data.credential.actor.id === principal)
    .map(({ id, rooms }) => [...rooms].filter((room) => room !== id).sort());

describe('a session that ends', () => {
  it('on another process ends its sockets here, and no others of the person', async () => {
    const person = await make.person().create();
    const other = await anotherSession(person);
    const [ending, staying] = [await openSocket(url, person.token), await openSocket(url, other.token)];
    const told = ended(ending.socket);
    const { statusCode } = await elsewhere.request('DELETE', '/api/v1/sessions/current', { headers: person.headers });
    expect(statusCode).toBe(204);
    expect(await told).toMatchObject({ code: 'credentials_over' });
    expect(ending.socket.connected).toBe(false);
    expect(await ask(staying.socket, 'head', {})).toMatchObject({ ok: true });
    expect(await here.events({ type: 'session.ended', subjectId: person.sessionId })).toHaveLength(1);
    staying.socket.disconnect();
  });

  it('loses its sockets within about a second', async () => {
    const person = await make.person().create();
    const { socket } = await openSocket(url, person.token);
    const told = ended(socket);
    const from = performance.now();
    await make.sql('update session set ended_at = now() where id = $1 returning id', [person.sessionId]);
    await told;
    // A generous bound for a busy machine; the design says 0.75 s and a statement.
    expect(performance.now() - from).toBeLessThan(5000);
  });

  it('takes all sockets of all sessions along when an operator signs the person out', async () => {
    const operator = await make.person().operator().create();
    const person = await make.person().create();
    const other = await anotherSession(person);
    const sockets = [await openSocket(url, person.token), await openSocket(url, other.token)];
    const told = Promise.all(sockets.map(({ socket }) => ended(socket)));
    const wanted = { headers: operator.headers, payload: { email: person.email } };
    const { statusCode } = await elsewhere.request('POST', '/api/v1/instance/sign-outs', wanted);
    expect(statusCode).toBeLessThan(300);
    expect(await here.events({ type: 'user.signed_out', subjectId: person.id })).toHaveLength(1);
    expect((await told).map(({ code }) => code)).toEqual(['credentials_over', 'credentials_over']);
  });
});

describe('an API key', () => {
  it('that is revoked on another process ends its sockets', async () => {
    const team = await make.workspace().create();
    const key = await make.apiKey(team, team.owner).create();
    const { socket } = await openSocket(url, key.key);
    const told = ended(socket);
    const answer = await elsewhere.request('DELETE', team.url(`api-keys/${key.id}`), { headers: team.owner.headers });
    expect(answer.statusCode).toBe(204);
    expect(await told).toMatchObject({ code: 'credentials_over' });
  });

  it('that runs out, or whose earlier secret does, ends the sockets of it', async () => {
    const team = await make.workspace().create();
    const [expiring, rotated] = [
      await make.apiKey(team, team.owner).create(),
      await make.apiKey(team, team.owner).create(),
    ];
    const told = Promise.all(
      [await openSocket(url, expiring.key), await openSocket(url, rotated.key)].map(({ socket }) => ended(socket)),
    );
    await make.sql('update api_key set expires_at = now() where id = $1 returning id', [expiring.id]);
    await make.sql(
      `update api_key set previous_hash = hash, previous_hint = hint, previous_expires_at = now(), hash = sha256(hash)
        where id = $1 returning id`,
      [rotated.id],
    );
    expect((await told).map(({ code }) => code)).toEqual(['credentials_over', 'credentials_over']);
  });

  it('that may no longer come from here ends its sockets', async () => {
    const team = await make.workspace().create();
    const key = await make.apiKey(team, team.owner).create();
    const { socket } = await openSocket(url, key.key);
    const told = ended(socket);
    await make.sql(`update api_key set allowed_addresses = '{198.51.100.0/24}' where id = $1 returning id`, [key.id]);
    expect(await told).toMatchObject({ code: 'address_not_allowed' });
  });

  it('is in the room of its workspace and in nobody’s own', async () => {
    const team = await make.workspace().create();
    await make.workspace().ownedBy(team.owner).create();
    const key = await make.apiKey(team, team.owner).create();
    const { socket } = await openSocket(url, key.key);
    expect(roomsOf(key.id)).toEqual([[`workspace:${team.id}`]]);
    socket.disconnect();
  });
});

describe('the rooms of a socket', () => {
  it('are its person’s and those of their workspaces, whatever the client asks for', async () => {
    const [ours, theirs] = [await make.workspace().create(), await make.workspace().create()];
    const person = await make.person().in(ours, 'viewer').create();
    const { socket } = await openSocket(url, person.token, {
      auth: { token: person.token, rooms: [`workspace:${theirs.id}`], workspaceId: theirs.id },
    });
    expect(roomsOf(person.id)).toEqual([[`person:${person.id}`, `workspace:${ours.id}`]]);
    socket.disconnect();
  });

  it('follow joining, a change of role, suspension, return and removal, and the client is told', async () => {
    const team = await make.workspace().create();
    const person = await make.person().create();
    const { socket, hello } = await openSocket(url, person.token);
    expect(hello.workspaces).toEqual([]);
    const step = async (text: string, values: unknown[] = [team.id, person.id]) => {
      const told = next(socket, 'workspaces');
      await make.sql(text, values);
      return { ...(await told), rooms: roomsOf(person.id) };
    };
    const [own, shared] = [`person:${person.id}`, `workspace:${team.id}`];
    const where = 'where workspace_id = $1 and user_id = $2 returning user_id';
    const insert = `insert into membership (workspace_id, user_id, role) values ($1, $2, 'viewer') returning user_id`;
    const inside = (role: string) => ({ workspaces: [{ id: team.id, role }], rooms: [[own, shared]] });
    const outside = { workspaces: [], rooms: [[own]] };
    expect(await step(insert)).toEqual(inside('viewer'));
    expect(await step(`update membership set role = 'admin' ${where}`)).toEqual(inside('admin'));
    expect(await step(`update membership set suspended_at = now() ${where}`)).toEqual(outside);
    expect(await step(`update membership set suspended_at = null ${where}`)).toEqual(inside('admin'));
    expect(await step(`delete from membership ${where}`)).toEqual(outside);
    expect(socket.connected).toBe(true);
    socket.disconnect();
  });

  it('are left by everybody when an operator closes the workspace', async () => {
    const team = await make.workspace().create();
    const { socket } = await openSocket(url, team.owner.token);
    const told = next(socket, 'workspaces');
    const { headers } = await make.person().operator().create();
    const path = `/api/v1/instance/workspaces/${team.id}/suspension`;
    const { statusCode } = await elsewhere.request('PUT', path, { headers, payload: { mode: 'closed' } });
    expect(statusCode).toBeLessThan(300);
    expect(await told).toEqual({ workspaces: [] });
    expect(roomsOf(team.owner.id)).toEqual([[`person:${team.owner.id}`]]);
    socket.disconnect();
  });

  it('are those of a member who was removed by a request on another process', async () => {
    const team = await make.workspace().create();
    const person = await make.person().in(team).create();
    const { socket } = await openSocket(url, person.token);
    const told = next(socket, 'workspaces');
    const answer = await elsewhere.request('DELETE', team.url(`members/${person.id}`), { headers: team.owner.headers });
    expect(answer.statusCode).toBe(204);
    expect(await told).toEqual({ workspaces: [] });
    expect(await here.events({ type: 'member.removed', workspaceId: team.id })).toHaveLength(1);
    socket.disconnect();
  });
});

describe('a room', () => {
  it('is one over all processes: what another one says arrives, once', async () => {
    const team = await make.workspace().create();
    const { socket } = await openSocket(url, team.owner.token);
    const heard: unknown[] = [];
    socket.on('problem', (message) => heard.push(message));
    const message = { code: 'told', detail: 'From elsewhere.', message: '' };
    const { server } = elsewhere.app.get(RealtimeGateway);
    // Until the subscription of this process stands, nothing arrives; it is never doubled.
    const first = next(socket, 'problem');
    const repeat = setInterval(() => server.to(`workspace:${team.id}`).emit('problem', message), 200);
    expect(await first).toEqual(message);
    clearInterval(repeat);
    server.to(`workspace:${uuidv7()}`).emit('problem', { ...message, code: 'other_room' });
    server.to(`person:${team.owner.id}`).emit('problem', { ...message, code: 'last' });
    while ((heard.at(-1) as typeof message).code !== 'last') await next(socket, 'problem');
    expect(heard.slice(-2)).toEqual([message, { ...message, code: 'last' }]);
    expect(heard.filter((one) => (one as typeof message).code === 'last')).toHaveLength(1);
    socket.disconnect();
  });
});

describe('an access token', () => {
  /** Lets the token of a socket end now: the clock of a token is its own. */
  const expire = (person: TestPerson) => {
    for (const { data } of kept())
      if (data.credential.actor.id === person.id) data.credential = { ...data.credential, expiresAt: new Date() };
  };

  it('that runs out ends its socket', async () => {
    const person = await make.person().create();
    const { socket } = await openSocket(url, person.token);
    const told = ended(socket);
    expire(person);
    expect(await told).toMatchObject({ code: 'token_expired' });
  });

  it('is renewed by a later one of the same session, and the socket goes on', async () => {
    const person = await make.person().create();
    const { socket, hello } = await openSocket(url, person.token);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const token = make.token(person.id, person.sessionId);
    const answer = await ask(socket, 'renew', { token });
    if (!answer.ok) throw new Error(answer.problem.detail);
    expect(Date.parse(answer.expiresAt ?? '')).toBeGreaterThan(Date.parse(hello.expiresAt ?? ''));
    // An earlier one takes nothing away.
    expect(await ask(socket, 'renew', { token: person.token })).toEqual(answer);
    socket.disconnect();
  });

  it('of another session, of another person, of nobody and of a key renews nothing', async () => {
    const team = await make.workspace().create();
    const person = await make.person().create();
    const stranger = await make.person().create();
    const other = await anotherSession(person);
    const { key } = await make.apiKey(team, team.owner).create();
    const { socket } = await openSocket(url, person.token);
    const codes = [];
    for (const token of [other.token, stranger.token, key, 'nonsense']) {
      const answer = await ask(socket, 'renew', { token });
      codes.push(answer.ok ? 'ok' : answer.problem.code);
    }
    expect(codes).toEqual(['other_session', 'other_session', 'other_session', 'unauthenticated']);
    const told = ended(socket);
    expire(person);
    expect(await told).toMatchObject({ code: 'token_expired' });
  });

  it('is nothing that a key could renew', async () => {
    const team = await make.workspace().create();
    const { key } = await make.apiKey(team, team.owner).create();
    const { socket } = await openSocket(url, key);
    expect(await ask(socket, 'renew', { token: team.owner.token })).toMatchObject({ problem: { code: 'forbidden' } });
    socket.disconnect();
  });
});

describe('a heartbeat', () => {
  it('says where the log stands, as the command does', async () => {
    const team = await make.workspace().create();
    const { socket, hello } = await openSocket(url, team.owner.token);
    const { statusCode } = await here.request('POST', team.url('roles'), {
      headers: team.owner.headers,
      payload: { name: 'Reader', permissions: ['deals:read'] },
    });
    expect(statusCode).toBe(201);
    for (;;) {
      const beat = await next(socket, 'heartbeat');
      expect(beat.epoch).toBe(hello.epoch);
      if (beat.position > hello.position) break;
    }
    const answer = await ask(socket, 'head', {});
    expect(answer.ok && answer.position).toBeGreaterThan(hello.position);
    socket.disconnect();
  });
});

describe('a person without any session', () => {
  it('is let in nowhere', async () => {
    const person = await make.person().create();
    await make.sql('delete from session where id = $1 returning id', [person.sessionId]);
    expect(await refusalOf(url, person.token)).toMatchObject({ code: 'unauthenticated' });
  });
});
