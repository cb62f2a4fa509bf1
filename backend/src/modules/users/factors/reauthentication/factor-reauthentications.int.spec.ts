import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { authenticatorOf, firstStep } from '#test/factors.js';
import { passkeyOf } from '#test/passkeys.js';
import { UsersModule } from '../../index.js';

const ORIGIN = 'https://box.example.com';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: ORIGIN, SIGNALBOX_GUESSES: '3' });
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const send = (method: string, path: string, { headers }: Pick<TestPerson, 'headers'>, payload?: object) =>
  spec.request(method, `/api/v1/${path}`, { headers, payload });
const signedInLongAgo = (ada: TestPerson) =>
  spec.rows(
    `update session set created_at = now() - interval '16 minutes', reauthenticated_at = null where user_id = $1 returning id`,
    [ada.id],
  );
const prove = (ada: Pick<TestPerson, 'headers'>, proof: object) =>
  send('POST', 'sessions/current/reauthentication/second-factor', ada, { proof });
const asked = async (ada: Pick<TestPerson, 'headers'>) =>
  (await send('POST', 'sessions/current/reauthentication/passkey-challenge', ada)).json();
const codes = async (ada: TestPerson) => (await spec.events({ subjectId: ada.id })).map((event) => event.type);
const ofSession = async (ada: TestPerson) =>
  (await spec.events({ subjectId: ada.sessionId })).map((event) => [event.type, event.data['by']]);

describe('what guards the account', () => {
  it.each([
    ['POST', 'me/totp'],
    ['DELETE', 'me/totp'],
    ['POST', 'me/recovery-codes'],
    ['POST', 'me/passkeys/challenge'],
    ['DELETE', 'me/passkeys/018f0000-0000-7000-8000-000000000001'],
  ])('is not changed long after the sign-in: %s %s', async (method, path) => {
    const ada = await person();
    await authenticatorOf(spec, ada);
    await passkeyOf(spec, ORIGIN, ada);
    await signedInLongAgo(ada);
    const before = await codes(ada);
    const answer = await send(method, path, ada);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'reauthentication_required']);
    expect(answer.json().methods).toEqual(['password', 'totp', 'passkey']);
    expect(await codes(ada)).toEqual(before);
  });

  it('is changed again after a code of the authenticator app, which is used up', async () => {
    const ada = await person();
    const app = await authenticatorOf(spec, ada);
    await signedInLongAgo(ada);
    const proof = { method: 'totp', code: app.code() };
    const proved = await prove(ada, proof);
    expect([proved.statusCode, proved.json()]).toEqual([200, { validUntil: expect.any(String) }]);
    expect(await ofSession(ada)).toEqual([['session.reauthenticated', 'totp']]);
    const again = await prove(ada, proof);
    expect([again.statusCode, again.json().code]).toEqual([403, 'factor_unproved']);
    expect((await send('DELETE', 'me/totp', ada)).statusCode).toBe(204);
  });

  it('is changed again after a passkey verified its owner, once', async () => {
    const ada = await person();
    const { passkey } = await passkeyOf(spec, ORIGIN, ada);
    await signedInLongAgo(ada);
    const unverified = passkey.get(await asked(ada), { flags: 0x01 });
    expect((await prove(ada, { method: 'passkey', credential: unverified })).json().code).toBe('factor_unproved');
    const proof = { method: 'passkey', credential: passkey.get(await asked(ada)) };
    expect((await prove(ada, proof)).statusCode).toBe(200);
    expect((await prove(ada, proof)).json().code).toBe('factor_unproved');
    expect(await ofSession(ada)).toEqual([['session.reauthenticated', 'passkey']]);
    expect((await send('POST', 'me/recovery-codes', ada)).statusCode).toBe(201);
  });

  it('takes no answer to a question of another session, of a sign-in, or of somebody else', async () => {
    const ada = await person();
    const bob = await person();
    const [hers, his] = [await passkeyOf(spec, ORIGIN, ada), await passkeyOf(spec, ORIGIN, bob)];
    const signIn = (await spec.request('POST', '/api/v1/sessions/passkey-challenge')).json();
    const payload = { credential: hers.passkey.get(signIn), transport: 'body' };
    const elsewhere = (await spec.request('POST', '/api/v1/sessions/passkey', { payload })).json();
    const other = { headers: { authorization: `Bearer ${elsewhere.accessToken}` } };
    const step = (await firstStep(spec, ada)).json();
    const answers = [
      hers.passkey.get(await asked(other)),
      hers.passkey.get((await spec.request('POST', '/api/v1/sessions/passkey-challenge')).json()),
      hers.passkey.get(step.passkey),
    ];
    for (const credential of answers)
      expect((await prove(ada, { method: 'passkey', credential })).json().code).toBe('factor_unproved');
    await spec.rows('delete from guess_count returning kind');
    const stolen = his.passkey.get(await asked(ada));
    expect((await prove(ada, { method: 'passkey', credential: stolen })).json().code).toBe('factor_unproved');
  });

  it('takes no recovery code', async () => {
    const ada = await person();
    const app = await authenticatorOf(spec, ada);
    const answer = await prove(ada, { method: 'recovery_code', code: app.recoveryCodes[0] });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'validation_failed']);
  });

  it('makes a session wait that guesses codes, and not the sign-in of its owner', async () => {
    const ada = await person();
    const app = await authenticatorOf(spec, ada);
    const seen: string[] = [];
    for (let i = 0; i < 5 && !seen.includes('attempts_locked'); i++)
      seen.push((await prove(ada, { method: 'totp', code: '000000' })).json().code);
    expect(seen).toEqual(['factor_unproved', 'factor_unproved', 'factor_unproved', 'attempts_locked']);
    const { challenge } = (await firstStep(spec, ada)).json();
    const done = await spec.request('POST', '/api/v1/sessions/second-factor', {
      payload: { challenge, proof: { method: 'totp', code: app.code() }, transport: 'body' },
    });
    expect(done.statusCode).toBe(201);
  });
});
