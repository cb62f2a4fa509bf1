import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD } from '#test/factories.js';
import { UsersModule } from '../index.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterEach(() => void jest.useRealTimers());
afterAll(() => spec.close());

/** Sets the clock of this process, and nothing else: timers go on, and the database has a clock of its own. */
function shiftClock(milliseconds: number): void {
  const doNotFake = [
    ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
    ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
  ];
  jest.useFakeTimers({ now: Date.now() + milliseconds, doNotFake });
}

const person = () => factory(spec.app).person().create();
const signIn = async () => {
  const payload = { email: (await person()).email, password: TEST_PASSWORD, transport: 'body' };
  return (await spec.request('POST', '/api/v1/sessions', { payload })).json();
};
const renew = (refreshToken: string) =>
  spec.request('POST', '/api/v1/sessions/current/renewal', { payload: { refreshToken } });
const me = async (token: string) =>
  (await spec.request('GET', '/api/v1/me', { headers: { authorization: `Bearer ${token}` } })).statusCode;

describe('where clocks differ', () => {
  it.each([5 * MINUTE, -5 * MINUTE])('an access token of a process that is %i ms off is taken', async (off) => {
    const { id, sessionId } = await person();
    shiftClock(off);
    const token = factory(spec.app).token(id, sessionId);
    jest.useRealTimers();
    expect(await me(token)).toBe(200);
  });

  it('an access token that a fast process finds expired is renewed there, and nobody is signed out', async () => {
    const { accessToken, refreshToken } = await signIn();
    shiftClock(HOUR);
    expect(await me(accessToken)).toBe(401);
    const renewed = await renew(refreshToken);
    expect(renewed.statusCode).toBe(201);
    expect(await me(renewed.json().accessToken)).toBe(200);
    jest.useRealTimers();
    expect(await me(renewed.json().accessToken)).toBe(200);
  });

  it.each([HOUR, -HOUR])(
    'a refresh token repeats its successor for ten seconds of the database, in a process that is %i ms off',
    async (off) => {
      const { refreshToken, sessionId } = await signIn();
      const first = (await renew(refreshToken)).json();
      shiftClock(off);
      expect((await renew(refreshToken)).json().refreshToken).toBe(first.refreshToken);
      await spec.rows(`update refresh_token set replaced_at = replaced_at - interval '11 seconds' where hash = $1`, [
        createHash('sha256').update(refreshToken).digest(),
      ]);
      expect((await renew(refreshToken)).json().code).toBe('session_over');
      expect(await spec.rows('select ended_reason from session where id = $1', [sessionId])).toEqual([
        { ended_reason: 'reuse' },
      ]);
    },
  );
});
