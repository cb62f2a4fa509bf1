import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { query, Transactions } from '#platform/database/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../index.js';
import { SessionUses } from './session-uses.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0';
const NOBODYS_ID = '018f0000-0000-7000-8000-000000000001';

interface SignedIn {
  accessToken: string;
  refreshToken: string;
  sessionId: string;
}

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const signIn = async (who: TestPerson, userAgent = FIREFOX, remoteAddress = '203.0.113.7'): Promise<SignedIn> => {
  const payload = { email: who.email, password: TEST_PASSWORD, transport: 'body' };
  const headers = { 'user-agent': userAgent };
  return (await spec.request('POST', '/api/v1/sessions', { payload, headers, remoteAddress })).json();
};
const list = async (token: string, query = '') =>
  (await spec.request('GET', `/api/v1/sessions${query}`, { headers: bearer(token) })).json();
const end = (token: string, path: string) =>
  spec.request('DELETE', `/api/v1/sessions${path}`, { headers: bearer(token) });
const status = async (token: string, remoteAddress?: string) =>
  (await spec.request('GET', '/api/v1/me', { headers: bearer(token), ...(remoteAddress ? { remoteAddress } : {}) }))
    .statusCode;
const endings = async (sessionId: string) =>
  (await spec.events({ subjectId: sessionId, type: 'session.ended' })).map((e) => [e.data.reason, e.actor.userId]);
const stored = async (sessionId: string) => {
  const [row] = await spec.rows<Record<string, Date & string>>('select * from session where id = $1', [sessionId]);
  if (!row) throw new Error('The session is gone.');
  return row;
};

const GONE = [
  ['signalbox-session', ''],
  ['signalbox-csrf', ''],
];

describe('the list of sessions', () => {
  it('shows device, address, times, and which one asks', async () => {
    const ada = await person();
    const { accessToken, sessionId } = await signIn(ada);
    const { items, nextCursor } = await list(accessToken);
    expect(nextCursor).toBeNull();
    expect(items).toEqual([
      {
        id: sessionId,
        device: 'Firefox on Linux',
        method: 'password',
        address: '203.0.113.7',
        lastAddress: '203.0.113.7',
        startedAt: expect.any(String),
        lastUsedAt: expect.any(String),
        expiresAt: expect.any(String),
        current: true,
      },
      expect.objectContaining({ id: ada.sessionId, device: 'Unknown device', address: null, current: false }),
    ]);
  });

  it('says when the session ends for want of use, or for its age when that comes first', async () => {
    const ada = await person();
    const shown = async () =>
      (await list(ada.token)).items.map((item: { expiresAt: string }) => new Date(item.expiresAt));
    const { idle_expires_at: idle } = await stored(ada.sessionId);
    expect(await shown()).toEqual([idle]);
    await spec.rows(`update session set expires_at = now() + interval '1 hour' where id = $1`, [ada.sessionId]);
    expect(await shown()).toEqual([(await stored(ada.sessionId)).expires_at]);
  });

  it('leaves out what is over, and the sessions of others', async () => {
    const [ada, bob] = [await person(), await person()];
    const gone = [await signIn(ada), await signIn(ada), await signIn(ada)].map(({ sessionId }) => sessionId);
    await signIn(bob);
    await spec.rows('update session set ended_at = now() where id = $1', [gone[0]]);
    await spec.rows('update session set expires_at = now() where id = $1', [gone[1]]);
    await spec.rows('update session set idle_expires_at = now() where id = $1', [gone[2]]);
    const { items } = await list(ada.token);
    expect(items.map(({ id }: { id: string }) => id)).toEqual([ada.sessionId]);
  });

  it.each(['lastUsedAt', '-lastUsedAt', 'startedAt', '-startedAt'])('is paged by %s', async (sort) => {
    const ada = await person();
    for (let i = 0; i < 3; i++) await signIn(ada);
    const whole = (await list(ada.token, `?sort=${sort}`)).items.map(({ id }: { id: string }) => id);
    expect(whole).toHaveLength(4);
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list(ada.token, `?sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(whole);
  });

  it('is for people, not for keys', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app).apiKey(team, team.owner).create();
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['DELETE', `/${team.owner.sessionId}`],
    ] as const) {
      const answer = await spec.request(method, `/api/v1/sessions${path}`, { headers: key.headers });
      expect(answer.statusCode).toBe(403);
    }
    expect(await status(team.owner.token)).toBe(200);
  });
});

describe('ending sessions', () => {
  it('ends one: it is refused at once and recorded, the others stay', async () => {
    const ada = await person();
    const other = await signIn(ada);
    expect(await status(other.accessToken)).toBe(200);
    expect((await end(ada.token, `/${other.sessionId}`)).statusCode).toBe(204);
    expect([await status(other.accessToken), await status(ada.token)]).toEqual([401, 200]);
    const renewal = { payload: { refreshToken: other.refreshToken } };
    expect((await spec.request('POST', '/api/v1/sessions/current/renewal', renewal)).json().code).toBe('session_over');
    expect(await stored(other.sessionId)).toMatchObject({ ended_at: expect.any(Date), ended_reason: 'revoked' });
    expect(await endings(other.sessionId)).toEqual([['revoked', ada.id]]);
  });

  it('ends one once, also when asked five times at once', async () => {
    const ada = await person();
    const { sessionId } = await signIn(ada);
    const lock = { sql: 'select from session where id = $1 for update', values: [sessionId], until: 5 };
    const answers = await spec.race(lock, () =>
      Promise.all(Array.from({ length: 5 }, () => end(ada.token, `/${sessionId}`))),
    );
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 404, 404, 404, 404]);
    expect(await endings(sessionId)).toEqual([['revoked', ada.id]]);
  });

  it('ends the one that asks, cookie included', async () => {
    const { accessToken, sessionId } = await signIn(await person());
    const answer = await end(accessToken, `/${sessionId}`);
    expect(answer.cookies.map(({ name, value }) => [name, value])).toEqual(GONE);
    expect(await status(accessToken)).toBe(401);
  });

  it("touches neither another person's sessions nor those that are over", async () => {
    const [ada, bob] = [await person(), await person()];
    const over = await signIn(ada);
    await spec.rows('update session set idle_expires_at = now() where id = $1', [over.sessionId]);
    for (const id of [bob.sessionId, over.sessionId, NOBODYS_ID]) {
      const answer = await end(ada.token, `/${id}`);
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found']);
    }
    expect((await end(ada.token, '/nonsense')).statusCode).toBe(400);
    expect(await status(bob.token)).toBe(200);
    expect(await endings(bob.sessionId)).toEqual([]);
  });

  it('ends all others', async () => {
    const [ada, bob] = [await person(), await person()];
    const others = [await signIn(ada), await signIn(ada)];
    const over = await signIn(ada);
    await spec.rows('update session set expires_at = now() where id = $1', [over.sessionId]);
    const answer = await end(ada.token, '');
    expect([answer.statusCode, answer.json()]).toEqual([200, { count: 2 }]);
    expect(answer.cookies).toEqual([]);
    for (const { accessToken, sessionId } of others) {
      expect(await status(accessToken)).toBe(401);
      expect(await endings(sessionId)).toEqual([['revoked', ada.id]]);
    }
    expect(await endings(over.sessionId)).toEqual([['expired', ada.id]]);
    expect([await status(ada.token), await status(bob.token)]).toEqual([200, 200]);
  });

  it('ends all, the one that asks too', async () => {
    const ada = await person();
    const other = await signIn(ada);
    const answer = await end(ada.token, '?which=all');
    expect(answer.json()).toEqual({ count: 2 });
    expect(answer.cookies.map(({ name, value }) => [name, value])).toEqual(GONE);
    expect([await status(ada.token), await status(other.accessToken)]).toEqual([401, 401]);
    expect((await end(ada.token, '?which=all')).statusCode).toBe(401);
  });

  it('refuses a choice that it does not know', async () => {
    const ada = await person();
    expect((await end(ada.token, '?which=mine')).json().errors).toEqual([
      { path: '/query/which', message: 'must be others or all' },
    ]);
    expect(await status(ada.token)).toBe(200);
  });
});

describe('the last use', () => {
  const flush = () => spec.app.get(SessionUses).flush();
  const longAgo = (sessionId: string) =>
    spec.rows(
      `update session set last_used_at = now() - interval '3 days', idle_expires_at = now() + interval '11 days'
       where id = $1`,
      [sessionId],
    );

  it('is kept for requests between renewals, with where they came from, and starts the idle time again', async () => {
    const ada = await person();
    await longAgo(ada.sessionId);
    const before = await stored(ada.sessionId);
    const statements = jest.spyOn(Transactions.prototype, 'run');
    try {
      for (let i = 0; i < 3; i++) expect(await status(ada.token, '198.51.100.4')).toBe(200);
      expect(statements).not.toHaveBeenCalled();
    } finally {
      statements.mockRestore();
    }
    expect((await stored(ada.sessionId)).last_used_at).toEqual(before.last_used_at);
    await flush();
    const after = await stored(ada.sessionId);
    expect(after.last_used_at?.getTime()).toBeGreaterThan(before.last_used_at?.getTime() ?? Infinity);
    expect(after.last_address).toBe('198.51.100.4');
    expect(after.idle_expires_at?.getTime()).toBe((after.last_used_at?.getTime() ?? 0) + 14 * 86_400_000);
  });

  it('is shown at once to the person who asks the process that noted it', async () => {
    const ada = await person();
    await longAgo(ada.sessionId);
    const { items } = await list(ada.token);
    expect(Date.parse(items[0].lastUsedAt)).toBeGreaterThan(Date.now() - 86_400_000);
  });

  it('never outlives the whole life of the session, nor goes back', async () => {
    const ada = await person();
    await spec.rows(`update session set expires_at = now() + interval '1 day' where id = $1`, [ada.sessionId]);
    await status(ada.token);
    await spec.rows(`update session set last_used_at = now() + interval '1 minute' where id = $1`, [ada.sessionId]);
    await flush();
    const ahead = await stored(ada.sessionId);
    expect(ahead.last_used_at?.getTime()).toBeGreaterThan(Date.now());
    await longAgo(ada.sessionId);
    await status(ada.token);
    await flush();
    expect((await stored(ada.sessionId)).idle_expires_at).toEqual(ahead.expires_at);
  });

  it('is not written for a session that ended meanwhile', async () => {
    const ada = await person();
    await longAgo(ada.sessionId);
    await status(ada.token);
    await end(ada.token, '?which=all');
    const before = await stored(ada.sessionId);
    await flush();
    expect(await stored(ada.sessionId)).toEqual(before);
  });

  it('waits for nobody who holds the row', async () => {
    const ada = await person();
    await longAgo(ada.sessionId);
    const before = await stored(ada.sessionId);
    await status(ada.token);
    await spec.app.get(Transactions).run(async (em) => {
      await query(em, 'select from session where id = $1 for update', [ada.sessionId]);
      await flush();
    });
    expect(await stored(ada.sessionId)).toEqual(before);
  });

  it('is kept for the next time when it cannot be written', async () => {
    const ada = await person();
    await longAgo(ada.sessionId);
    const before = await stored(ada.sessionId);
    await status(ada.token);
    const fault = jest.spyOn(Transactions.prototype, 'run').mockRejectedValueOnce(new Error('away'));
    await expect(flush()).rejects.toThrow('away');
    fault.mockRestore();
    await flush();
    const after = await stored(ada.sessionId);
    expect(after.last_used_at?.getTime()).toBeGreaterThan(before.last_used_at?.getTime() ?? Infinity);
  });
});
