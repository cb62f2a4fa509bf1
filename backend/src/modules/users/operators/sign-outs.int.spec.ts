import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../index.js';

let spec: TestApplication;
let operator: TestPerson;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
  operator = await factory(spec.app).person().operator().create();
});
afterAll(() => spec.close());

const signOut = (email: string, { headers }: Pick<TestPerson, 'headers'> = operator) =>
  spec.request('POST', '/api/v1/instance/sign-outs', { headers, payload: { email } });
const signIn = async ({ email }: TestPerson) => {
  const payload = { email, password: TEST_PASSWORD, transport: 'body' };
  return (await spec.request('POST', '/api/v1/sessions', { payload })).json();
};
const me = async (token: string) =>
  (await spec.request('GET', '/api/v1/me', { headers: { authorization: `Bearer ${token}` } })).statusCode;
const open = ({ id }: TestPerson) =>
  spec.rows('select from session where user_id = $1 and ended_at is null', [id]).then((rows) => rows.length);
const told = async ({ id }: TestPerson) =>
  (await spec.events({ subjectId: id, workspaceId: SYSTEM_WORKSPACE })).map((e) => [e.type, e.actor.userId, e.data]);

describe('signing somebody out', () => {
  it('ends every session of theirs at once, and nothing else, and is recorded', async () => {
    const [ada, bob] = [await factory(spec.app).person().create(), await factory(spec.app).person().create()];
    const { accessToken, refreshToken, sessionId } = await signIn(ada);
    const key = await factory(spec.app)
      .apiKey(await factory(spec.app).workspace().ownedBy(ada).create(), ada)
      .create();
    expect([await me(accessToken), await me(ada.token)]).toEqual([200, 200]);

    const answer = await signOut(ada.email.toUpperCase());
    expect([answer.statusCode, answer.json()]).toEqual([200, { count: 2 }]);
    expect([await me(accessToken), await me(ada.token), await me(bob.token)]).toEqual([401, 401, 200]);
    const renewal = await spec.request('POST', '/api/v1/sessions/current/renewal', { payload: { refreshToken } });
    expect(renewal.json().code).toBe('session_over');
    expect([await open(ada), await open(bob)]).toEqual([0, 1]);
    expect(await spec.rows('select revoked_at from api_key where id = $1', [key.id])).toEqual([{ revoked_at: null }]);
    expect((await spec.events({ subjectId: sessionId })).at(-1)).toMatchObject({
      type: 'session.ended',
      actor: { userId: operator.id },
      data: { userId: ada.id, reason: 'revoked' },
    });
    expect(await told(ada)).toContainEqual(['user.signed_out', operator.id, { sessions: 2 }]);
    expect(await me((await signIn(ada)).accessToken)).toBe(200);
  });

  it('is recorded also where there was nothing to end', async () => {
    const ada = await factory(spec.app).person().create();
    await signOut(ada.email);
    expect((await signOut(ada.email)).json()).toEqual({ count: 0 });
    expect(await told(ada)).toEqual([
      ['user.signed_out', operator.id, { sessions: 1 }],
      ['user.signed_out', operator.id, { sessions: 0 }],
    ]);
  });

  it('needs a proof that is minutes old, an account, and an operator', async () => {
    const ada = await factory(spec.app).person().create();
    expect((await signOut('nobody@example.com')).statusCode).toBe(404);
    expect((await signOut(ada.email, ada)).statusCode).toBe(403);
    const late = await factory(spec.app).person().operator().create();
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1 returning id`, [
      late.sessionId,
    ]);
    const refused = await signOut(ada.email, late);
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'reauthentication_required']);
    expect([await open(ada), await told(ada)]).toEqual([1, []]);
  });
});
