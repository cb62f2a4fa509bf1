import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { Transactions } from '#platform/database/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../../index.js';
import { Account } from '../account.entity.js';
import { ReauthenticationMethods } from './reauthentication-methods.js';
import { Reauthentications } from './reauthentications.service.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_GUESSES: '3' });
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const prove = (who: TestPerson, password: string) =>
  spec.request('POST', '/api/v1/sessions/current/reauthentication', { headers: who.headers, payload: { password } });
const signedInLongAgo = (who: TestPerson) =>
  spec.rows(`update session set created_at = now() - interval '16 minutes' where id = $1`, [who.sessionId]);
const actor = (who: TestPerson) => ({ kind: 'user', id: who.id, userId: who.id, sessionId: who.sessionId }) as const;

/** What a route does that changes what guards the account. */
const guarded = (who: TestPerson) =>
  spec.app.get(Transactions).run(async (em) => {
    const account = await em.findOneOrFail(Account, who.id);
    return spec.app.get(Reauthentications).require(em, actor(who), account);
  });
const refusal = { code: 'reauthentication_required', status: 403, extra: { members: { methods: ['password'] } } };

describe('what guards an account', () => {
  it('may be changed for some minutes after a sign-in, then not', async () => {
    const ada = await person();
    await guarded(ada);
    await spec.rows(`update session set created_at = now() - interval '14 minutes' where id = $1`, [ada.sessionId]);
    await guarded(ada);
    await signedInLongAgo(ada);
    await expect(guarded(ada)).rejects.toMatchObject(refusal);
  });

  it('may be changed again for some minutes after the password was given, by that session', async () => {
    const ada = await person();
    await signedInLongAgo(ada);
    const { sessionId } = (
      await spec.request('POST', '/api/v1/sessions', { payload: { email: ada.email, password: TEST_PASSWORD } })
    ).json();
    const other = { ...ada, sessionId };
    await signedInLongAgo(other);
    const answer = await prove(ada, TEST_PASSWORD);
    expect(answer.statusCode).toBe(200);
    const [row] = await spec.rows<{ until: Date }>(
      `select reauthenticated_at + interval '15 minutes' as until from session where id = $1`,
      [ada.sessionId],
    );
    expect(answer.json()).toEqual({ validUntil: row?.until.toISOString() });
    await guarded(ada);
    await expect(guarded(other)).rejects.toMatchObject(refusal);
    expect((await spec.events({ subjectId: ada.sessionId })).at(-1)).toMatchObject({
      type: 'session.reauthenticated',
      workspaceId: SYSTEM_WORKSPACE,
      actor: { userId: ada.id, sessionId: ada.sessionId },
      data: { userId: ada.id, by: 'password' },
    });
    await spec.rows(`update session set reauthenticated_at = now() - interval '15 minutes' where id = $1`, [
      ada.sessionId,
    ]);
    await expect(guarded(ada)).rejects.toMatchObject(refusal);
  });

  it('stays guarded after a wrong password, which is recorded', async () => {
    const ada = await person();
    await signedInLongAgo(ada);
    const answer = await prove(ada, 'not the password');
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'wrong_password']);
    await expect(guarded(ada)).rejects.toMatchObject(refusal);
    expect((await spec.events({ subjectId: ada.sessionId })).map((e) => e.type)).toEqual([
      'session.reauthentication_refused',
    ]);
  });

  it('makes guesses in a session wait, the right one too, and lets the owner sign in all the same', async () => {
    const ada = await person();
    const guesses = await Promise.all(Array.from({ length: 6 }, () => prove(ada, 'not the password')));
    expect(guesses.map((a) => a.statusCode).sort()).toEqual([403, 403, 403, 429, 429, 429]);
    const right = await prove(ada, TEST_PASSWORD);
    expect([right.statusCode, right.json().code]).toEqual([429, 'attempts_locked']);
    const payload = { email: ada.email, password: TEST_PASSWORD };
    expect((await spec.request('POST', '/api/v1/sessions', { payload })).statusCode).toBe(201);
  });

  it('is refused to a session that ended, and to keys', async () => {
    const ada = await person();
    await spec.rows('update session set ended_at = now() where id = $1', [ada.sessionId]);
    await expect(guarded(ada)).rejects.toMatchObject({ code: 'reauthentication_required' });
    const confirm = spec.app
      .get(Transactions)
      .run((em) => spec.app.get(Reauthentications).confirm(em, actor(ada), 'password'));
    await expect(confirm).rejects.toMatchObject({ code: 'unauthenticated' });
    const team = await factory(spec.app).workspace().create();
    const key = await factory(spec.app).apiKey(team, team.owner).create();
    const payload = { password: TEST_PASSWORD };
    const answer = await spec.request('POST', '/api/v1/sessions/current/reauthentication', {
      headers: key.headers,
      payload,
    });
    expect(answer.statusCode).toBe(403);
  });

  it('names the ways that the person has, those that other parts add included', async () => {
    const methods = spec.app.get(ReauthenticationMethods);
    methods.register({ name: 'a-spec', held: async (_em, { name }) => name === 'Holder' });
    expect(() => methods.register({ name: 'password', held: () => true })).toThrow('are named "password"');
    const holder = await factory(spec.app).person().named('Holder').create();
    await spec.rows('update user_account set password_hash = null where id = $1', [holder.id]);
    await signedInLongAgo(holder);
    await expect(guarded(holder)).rejects.toMatchObject({ extra: { members: { methods: ['a-spec'] } } });
    const answer = await prove(holder, TEST_PASSWORD);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'wrong_password']);
  });
});
