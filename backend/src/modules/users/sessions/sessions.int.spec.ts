import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InstanceConfig } from '#platform/config/index.js';
import { KeyRing, Signatures } from '#platform/crypto/index.js';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { ThreadPool } from '#platform/threads/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../index.js';

const ORIGIN = 'https://signalbox.example.com';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: ORIGIN });
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const signIn = (email: string, password = TEST_PASSWORD, transport = 'body') =>
  spec.request('POST', '/api/v1/sessions', { payload: { email, password, transport } });
const renew = (refreshToken?: string, headers: Record<string, string> = {}) =>
  spec.request('POST', '/api/v1/sessions/current/renewal', { payload: refreshToken ? { refreshToken } : {}, headers });
const me = (token: string) => spec.request('GET', '/api/v1/me', { headers: { authorization: `Bearer ${token}` } });
const age = (token: string, seconds: number) =>
  spec.rows(`update refresh_token set replaced_at = replaced_at - make_interval(secs => $2) where hash = $1`, [
    createHash('sha256').update(token).digest(),
    seconds,
  ]);

describe('signing in', () => {
  it('starts a session and records it', async () => {
    const ada = await person();
    const answer = await signIn(ada.email.toUpperCase());
    expect(answer.statusCode).toBe(201);
    const { accessToken, refreshToken, sessionId, expiresIn, person: shown } = answer.json();
    expect(shown).toMatchObject({ id: ada.id, email: ada.email });
    expect(expiresIn).toBe(900);
    expect((await me(accessToken)).statusCode).toBe(200);
    expect(await spec.rows('select user_id, method, ended_at from session where id = $1', [sessionId])).toEqual([
      { user_id: ada.id, method: 'password', ended_at: null },
    ]);
    expect(await spec.events({ subjectId: sessionId })).toEqual([
      expect.objectContaining({
        type: 'session.started',
        workspaceId: SYSTEM_WORKSPACE,
        actor: expect.objectContaining({ kind: 'user', userId: ada.id }),
        data: { userId: ada.id, method: 'password' },
      }),
    ]);
    const stored = await spec.rows<{ hash: Buffer }>('select hash from refresh_token where session_id = $1', [
      sessionId,
    ]);
    expect(stored.map((row) => row.hash)).toEqual([createHash('sha256').update(refreshToken).digest()]);
  });

  it('is refused in the same words for a wrong password and for a stranger, after the same work', async () => {
    const ada = await person();
    const [wrong, stranger] = [await signIn(ada.email, 'not the password'), await signIn('nobody@example.com')];
    const comparable = ({ statusCode, headers, body }: typeof wrong) => {
      const { instance: _, requestId: __, ...problem } = JSON.parse(body) as Record<string, unknown>;
      return { statusCode, type: headers['content-type'], problem };
    };
    expect(comparable(stranger)).toEqual(comparable(wrong));
    expect(wrong.json().code).toBe('invalid_credentials');
    const refusals = await spec.events({ type: 'session.refused' });
    expect(refusals.slice(-2).map((e) => [e.data, e.actor.userId])).toEqual([
      [{ reason: 'password' }, null],
      [{ reason: 'unknown' }, null],
    ]);
    expect(await spec.rows('select from session where user_id = $1', [ada.id])).toHaveLength(1);
  });

  it('costs a hash for a stranger too', async () => {
    const hashing = jest.spyOn(ThreadPool.prototype, 'run');
    try {
      await signIn((await person()).email, 'not the password');
      const known = hashing.mock.calls.length;
      await signIn('nobody@example.com', 'not the password');
      expect(hashing.mock.calls.length - known).toBe(known);
    } finally {
      hashing.mockRestore();
    }
  });

  it('refuses a person whose address is not confirmed, unless they run the instance', async () => {
    const make = factory(spec.app);
    const [unverified, operator] = [
      await make.person().unverified().create(),
      await make.person().unverified().operator().create(),
    ];
    expect((await signIn(unverified.email)).json().code).toBe('email_unverified');
    expect((await signIn(operator.email)).statusCode).toBe(201);
  });

  it('forgets sessions that are over for three months', async () => {
    const ada = await person();
    const old = (await signIn(ada.email)).json();
    await spec.rows(`update session set ended_at = now() - interval '91 days', ended_reason = 'logout' where id = $1`, [
      old.sessionId,
    ]);
    const { sessionId } = (await signIn(ada.email)).json();
    const kept = await spec.rows<{ id: string }>('select id from session where user_id = $1 order by id', [ada.id]);
    expect(kept.map((row) => row.id)).toEqual([ada.sessionId, sessionId]);
  });

  it('refuses a password of 10 kB before it is hashed', async () => {
    const answer = await signIn((await person()).email, 'x'.repeat(10_240));
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, '/body/password']);
  });
});

describe('renewing a session', () => {
  it('replaces the refresh token, and the new one renews again', async () => {
    const first = (await signIn((await person()).email)).json();
    const second = (await renew(first.refreshToken)).json();
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.sessionId).toBe(first.sessionId);
    expect((await me(second.accessToken)).statusCode).toBe(200);
    const third = await renew(second.refreshToken);
    expect(third.statusCode).toBe(201);
  });

  it('gives ten renewals at once the same successor', async () => {
    const { refreshToken, sessionId } = (await signIn((await person()).email)).json();
    const lock = { sql: 'select from session where id = $1 for update', values: [sessionId], until: 10 };
    const answers = await spec.race(lock, () => Promise.all(Array.from({ length: 10 }, () => renew(refreshToken))));
    expect(answers.map((a) => a.statusCode)).toEqual(Array(10).fill(201));
    const successors = new Set(answers.map((a) => a.json().refreshToken));
    expect(successors.size).toBe(1);
    expect(await spec.rows('select from refresh_token where session_id = $1', [sessionId])).toHaveLength(2);
    expect((await renew([...successors][0])).statusCode).toBe(201);
  });

  it('ends the session of a token that comes back later: the thief and the person sign in anew', async () => {
    const { refreshToken: stolen, sessionId, accessToken } = (await signIn((await person()).email)).json();
    const { refreshToken: own } = (await renew(stolen)).json();
    await age(stolen, 11);
    const theft = await renew(stolen);
    expect([theft.statusCode, theft.json().code]).toEqual([401, 'session_over']);
    expect((await renew(own)).json().code).toBe('session_over');
    expect((await me(accessToken)).statusCode).toBe(401);
    const [session] = await spec.rows('select ended_reason from session where id = $1', [sessionId]);
    expect(session).toEqual({ ended_reason: 'reuse' });
    const ended = (await spec.events({ subjectId: sessionId })).filter((e) => e.type === 'session.ended');
    expect(ended.map((e) => e.data.reason)).toEqual(['reuse']);
  });

  it('forgets how to make the successor once the grace is over', async () => {
    const { refreshToken: first, sessionId } = (await signIn((await person()).email)).json();
    const second = (await renew(first)).json();
    await age(first, 11);
    await renew(second.refreshToken);
    const kept = await spec.rows<{ hash: Buffer }>(
      'select hash from refresh_token where session_id = $1 and successor_salt is not null',
      [sessionId],
    );
    expect(kept.map((row) => row.hash)).toEqual([createHash('sha256').update(second.refreshToken).digest()]);
  });

  it.each([
    ['idle for too long', 'idle_expires_at'],
    ['as old as it may become', 'expires_at'],
  ])('refuses a session that is %s, and records its end', async (_, column) => {
    const { refreshToken, sessionId } = (await signIn((await person()).email)).json();
    await spec.rows(`update session set ${column} = now() - interval '1 second' where id = $1`, [sessionId]);
    expect((await renew(refreshToken)).json().code).toBe('session_over');
    expect(await spec.rows('select ended_reason from session where id = $1', [sessionId])).toEqual([
      { ended_reason: 'expired' },
    ]);
    expect((await spec.events({ subjectId: sessionId })).at(-1)).toMatchObject({
      type: 'session.ended',
      data: { reason: 'expired' },
    });
  });

  it('refuses a token that nobody was given', async () => {
    expect((await renew('a'.repeat(43))).json().code).toBe('session_over');
    expect((await renew()).json().code).toBe('session_over');
  });
});

describe('the end of a session', () => {
  it('comes with sign-out, at once, and is recorded', async () => {
    const { accessToken, refreshToken, sessionId } = (await signIn((await person()).email)).json();
    await me(accessToken);
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await spec.request('DELETE', '/api/v1/sessions/current', { headers })).statusCode).toBe(204);
    expect((await me(accessToken)).statusCode).toBe(401);
    expect((await renew(refreshToken)).statusCode).toBe(401);
    expect((await spec.events({ subjectId: sessionId })).at(-1)).toMatchObject({
      type: 'session.ended',
      data: { reason: 'logout' },
    });
  });

  it('reaches a process that did not end it within a second', async () => {
    const { accessToken, sessionId } = (await signIn((await person()).email)).json();
    expect((await me(accessToken)).statusCode).toBe(200);
    await spec.rows('update session set ended_at = now() where id = $1', [sessionId]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await me(accessToken)).statusCode).toBe(401);
  });
});

describe('an access token', () => {
  const b64 = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const now = () => Math.floor(Date.now() / 1000);
  let ada: TestPerson;
  beforeAll(async () => {
    ada = await person();
  });

  const kid = () => spec.app.get(Signatures).keyId();
  const key = () => spec.app.get(Signatures).key('access-token');
  const payload = (more: object = {}) => ({
    sub: ada.id,
    sid: ada.sessionId,
    iss: spec.app.get(InstanceConfig).origin,
    aud: 'signalbox-api',
    iat: now(),
    exp: now() + 900,
    ...more,
  });
  const signed = (body: object, { header = {}, secret = key(), algorithm = 'sha256' } = {}) => {
    const text = `${b64({ alg: 'HS256', typ: 'JWT', kid: kid(), ...header })}.${b64(body)}`;
    return `${text}.${createHmac(algorithm, secret).update(text).digest('base64url')}`;
  };

  it('is taken when everything about it is right', async () => {
    expect((await me(signed(payload()))).statusCode).toBe(200);
  });

  it.each([
    ['expired', () => signed(payload({ iat: now() - 1000, exp: now() - 1 }))],
    ['from another issuer', () => signed(payload({ iss: 'https://evil.example' }))],
    ['for another audience', () => signed(payload({ aud: 'another' }))],
    ['not valid yet', () => signed(payload({ nbf: now() + 600 }))],
    ['without an algorithm', () => `${b64({ alg: 'none', typ: 'JWT', kid: kid() })}.${b64(payload())}.`],
    [
      'with the algorithm "none" in capitals',
      () => `${b64({ alg: 'NONE', typ: 'JWT', kid: kid() })}.${b64(payload())}.`,
    ],
    ['of another algorithm', () => signed(payload(), { header: { alg: 'HS512' }, algorithm: 'sha512' })],
    ['signed by another key', () => signed(payload(), { secret: Buffer.alloc(32, 1) })],
    ['signed by a key of another purpose', () => signed(payload(), { secret: spec.app.get(Signatures).key('cursor') })],
    ['naming a key that does not exist', () => signed(payload(), { header: { kid: 'missing' } })],
    ['naming no key', () => signed(payload(), { header: { kid: undefined } })],
    ['without an expiry', () => signed(payload({ exp: undefined }))],
    ['of nobody', () => signed(payload({ sub: undefined }))],
    ['of a session that never was', () => signed(payload({ sid: '018f0000-0000-7000-8000-000000000001' }))],
    ["of somebody else's session", () => signed(payload({ sub: '018f0000-0000-7000-8000-000000000001' }))],
    ['altered', () => signed(payload()).replace(/\.[^.]+\./, `.${b64(payload({ sub: ada.id, exp: now() + 9000 }))}.`)],
    ['empty in its middle', () => `${b64({ alg: 'HS256', kid: kid() })}..`],
    ['no token at all', () => 'null.null.null'],
    ['with a header that is null', () => `${b64('null')}.${b64(payload())}.x`],
    ['of 100 kB', () => 'a'.repeat(10_000)],
  ])('is refused when it is %s', async (_, forge) => {
    const answer = await me(forge());
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated']);
  });

  it('is not believed beyond its expiry because it was verified before', async () => {
    const token = signed(payload({ exp: now() + 2 }));
    expect((await me(token)).statusCode).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await me(token)).statusCode).toBe(401);
  });

  it('stays good when the keys rotate, and new ones use the new key', async () => {
    const before = signed(payload());
    const oldKey = kid();
    spec.app.get(KeyRing).rotate();
    expect((await me(before)).statusCode).toBe(200);
    const { accessToken } = (await signIn(ada.email)).json();
    const header = JSON.parse(Buffer.from(accessToken.split('.')[0], 'base64url').toString()) as { kid: string };
    expect(header.kid).not.toBe(oldKey);
    expect((await me(accessToken)).statusCode).toBe(200);
  });

  it.each([['Basic YWRhOnB3'], ['Bearer'], ['Bearer  '], ['Token abc']])('is refused as %j', async (authorization) => {
    expect((await spec.request('GET', '/api/v1/me', { headers: { authorization } })).statusCode).toBe(401);
  });
});
