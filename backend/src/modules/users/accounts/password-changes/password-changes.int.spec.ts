import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../../index.js';

const NEW_PASSWORD = 'a sturdier horse, more staples';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_GUESSES: '3' });
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const change = (who: Pick<TestPerson, 'headers'>, payload: object) =>
  spec.request('PUT', '/api/v1/me/password', { headers: who.headers, payload });
const both = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD };
const signIn = (who: TestPerson, password: string) =>
  spec.request('POST', '/api/v1/sessions', { payload: { email: who.email, password, transport: 'body' } });
const bearer = (accessToken: string) => ({ headers: { authorization: `Bearer ${accessToken}` } });
const status = async (headers: { authorization: string }) =>
  (await spec.request('GET', '/api/v1/me', { headers })).statusCode;
const changes = async (who: TestPerson) =>
  (await spec.events({ subjectId: who.id, type: 'user.password_changed' })).map((e) => e.data);
const storedHash = async (who: TestPerson) =>
  (
    await spec.rows<{ password_hash: string | null }>('select password_hash from user_account where id = $1', [who.id])
  )[0]?.password_hash;

describe('a change of the password', () => {
  it('sets it, ends the other sessions and tells the person', async () => {
    const ada = await person();
    const other = (await signIn(ada, TEST_PASSWORD)).json();
    expect((await change(ada, both)).statusCode).toBe(204);
    expect([await status(ada.headers), await status(bearer(other.accessToken).headers)]).toEqual([200, 401]);
    expect((await signIn(ada, TEST_PASSWORD)).json().code).toBe('invalid_credentials');
    expect((await signIn(ada, NEW_PASSWORD)).statusCode).toBe(201);
    expect(await spec.events({ subjectId: ada.id, type: 'user.password_changed' })).toEqual([
      expect.objectContaining({
        workspaceId: SYSTEM_WORKSPACE,
        actor: expect.objectContaining({ userId: ada.id, sessionId: ada.sessionId }),
        data: { by: 'change' },
      }),
    ]);
    const ended = (await spec.events({ type: 'session.ended' })).filter((e) => e.data.userId === ada.id);
    expect(ended.map((e) => [e.subjectId, e.data.reason])).toEqual([[other.sessionId, 'password_changed']]);
    const { subject, text } = await spec.mailTo(ada.email);
    expect(subject).toBe('Your password was changed');
    expect(text).toContain('every session but the one that changed it');
  });

  it('makes a reset link that was mailed before useless', async () => {
    const ada = await person();
    await spec.request('POST', '/api/v1/password-resets', { payload: { email: ada.email } });
    const { token } = await spec.mailTo(ada.email);
    await change(ada, both);
    const payload = { token, password: 'what a thief would set' };
    const late = await spec.request('POST', '/api/v1/password-resets/completion', { payload });
    expect([late.statusCode, late.json().code]).toEqual([400, 'link_expired']);
    expect((await signIn(ada, NEW_PASSWORD)).statusCode).toBe(201);
  });

  it('is refused with the wrong present password, and changes nothing', async () => {
    const ada = await person();
    const before = await storedHash(ada);
    const other = (await signIn(ada, TEST_PASSWORD)).json();
    const answer = await change(ada, { ...both, currentPassword: 'not the password' });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'wrong_password']);
    expect(answer.json().errors).toEqual([{ path: '/body/currentPassword', message: 'is not your present password' }]);
    expect([await storedHash(ada), await changes(ada)]).toEqual([before, []]);
    expect(await status(bearer(other.accessToken).headers)).toBe(200);
  });

  it.each([
    ['without the present one', { newPassword: NEW_PASSWORD }, '/body/currentPassword'],
    ['to the same', { currentPassword: TEST_PASSWORD, newPassword: TEST_PASSWORD }, '/body/newPassword'],
    ['to a short one', { ...both, newPassword: 'short' }, '/body/newPassword'],
    ['to one of 10 kB', { ...both, newPassword: 'long '.repeat(2_000) }, '/body/newPassword'],
    ['with a present one of 10 kB', { ...both, currentPassword: 'x'.repeat(10_240) }, '/body/currentPassword'],
    ['with what it does not know', { ...both, email: 'a@example.com' }, '/body'],
  ])('is refused %s', async (_, payload, path) => {
    const ada = await person();
    const before = await storedHash(ada);
    const answer = await change(ada, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].path).toContain(path);
    expect([await storedHash(ada), await changes(ada)]).toEqual([before, []]);
  });

  it('makes guesses wait', async () => {
    const ada = await person();
    const wrong = () => change(ada, { ...both, currentPassword: 'not the password' });
    for (let i = 0; i < 3; i++) expect((await wrong()).statusCode).toBe(403);
    const right = await change(ada, both);
    expect([right.statusCode, right.json().code]).toEqual([429, 'attempts_locked']);
    expect(await changes(ada)).toEqual([]);
  });

  it('happens once when two sessions change it at once', async () => {
    const ada = await person();
    const other = bearer((await signIn(ada, TEST_PASSWORD)).json().accessToken);
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 2 };
    const answers = await spec.race(lock, () =>
      Promise.all([change(ada, both), change(other, { ...both, newPassword: `${NEW_PASSWORD} too` })]),
    );
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 403]);
    expect(await changes(ada)).toHaveLength(1);
    const winner = answers[0]?.statusCode === 204 ? NEW_PASSWORD : `${NEW_PASSWORD} too`;
    expect((await signIn(ada, winner)).statusCode).toBe(201);
  });

  it('sets a first password for a person without one, who signed in lately', async () => {
    const ada = await person();
    await spec.rows('update user_account set password_hash = null where id = $1', [ada.id]);
    const guess = await change(ada, both);
    expect([guess.statusCode, guess.json().code]).toEqual([403, 'wrong_password']);
    await spec.rows(`update session set created_at = now() - interval '1 hour' where id = $1`, [ada.sessionId]);
    const late = await change(ada, { newPassword: NEW_PASSWORD });
    expect([late.statusCode, late.json().code]).toEqual([403, 'reauthentication_required']);
    expect(await storedHash(ada)).toBeNull();
    await spec.rows('update session set created_at = now() where id = $1', [ada.sessionId]);
    expect((await change(ada, { newPassword: NEW_PASSWORD })).statusCode).toBe(204);
    expect((await signIn(ada, NEW_PASSWORD)).statusCode).toBe(201);
  });

  it('is for people, not for keys, nor for strangers', async () => {
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app).apiKey(team, team.owner).create();
    expect((await change(key, both)).statusCode).toBe(403);
    expect((await spec.request('PUT', '/api/v1/me/password', { payload: both })).statusCode).toBe(401);
    expect(await changes(team.owner)).toEqual([]);
  });
});
