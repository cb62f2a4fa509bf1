import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { authenticatorOf, firstStep, secondStep, type TestAuthenticator } from '#test/factors.js';
import { UsersModule } from '../../index.js';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule]);
});
afterAll(() => spec.close());

const equipped = async (): Promise<{ ada: TestPerson; app: TestAuthenticator }> => {
  const ada = await factory(spec.app).person().create();
  return { ada, app: await authenticatorOf(spec, ada) };
};
async function setAnotherPassword({ email }: TestPerson) {
  await spec.request('POST', '/api/v1/password-resets', { payload: { email } });
  let token = '';
  while (token === '') ({ token } = await spec.mailTo(email));
  return spec.request('POST', '/api/v1/password-resets/completion', {
    payload: { token, password: 'another long password' },
  });
}
const challengeOf = async (ada: TestPerson): Promise<string> => (await firstStep(spec, ada)).json().challenge;
const totp = (code: string) => ({ method: 'totp', code });
const recovery = (code: string) => ({ method: 'recovery_code', code });
const sessionsOf = (ada: TestPerson) =>
  spec.rows('select from session where user_id = $1 and ended_at is null', [ada.id]);
const eventsOf = async (ada: TestPerson, ...types: string[]) =>
  (await spec.events()).filter(
    (event) => types.includes(event.type) && (event.subjectId === ada.id || event.data['userId'] === ada.id),
  );

describe('the second step of a sign-in', () => {
  it('is asked for instead of a session, and completed by a code', async () => {
    const { ada, app } = await equipped();
    const asked = await firstStep(spec, ada);
    expect(asked.statusCode).toBe(201);
    expect(asked.headers['set-cookie']).toBeUndefined();
    expect(asked.json()).toEqual({
      state: 'second_factor_required',
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      methods: ['totp', 'recovery_code'],
      passkey: null,
      expiresAt: expect.any(String),
    });
    expect(await sessionsOf(ada)).toHaveLength(1);
    expect(await eventsOf(ada, 'session.started')).toEqual([]);

    const done = await secondStep(spec, asked.json().challenge, totp(app.code()));
    expect(done.statusCode).toBe(201);
    expect(done.json()).toMatchObject({ state: 'signed_in', person: { id: ada.id } });
    const headers = { authorization: `Bearer ${done.json().accessToken}` };
    expect((await spec.request('GET', '/api/v1/me', { headers })).statusCode).toBe(200);
    expect((await eventsOf(ada, 'session.started')).map((e) => e.data)).toEqual([
      { userId: ada.id, method: 'password', factor: 'totp' },
    ]);
  });

  it.each([
    [
      'ends the sessions',
      ({ headers }: TestPerson) => spec.request('DELETE', '/api/v1/sessions?which=others', { headers }),
    ],
    ['sets another password', setAnotherPassword],
  ])('is over when the person %s meanwhile', async (_, act) => {
    const { ada, app } = await equipped();
    const challenge = await challengeOf(ada);
    expect((await act(ada)).statusCode).toBeLessThan(300);
    const late = await secondStep(spec, challenge, totp(app.code()));
    expect([late.statusCode, late.json().code]).toEqual([401, 'challenge_over']);
    expect(await eventsOf(ada, 'session.started')).toEqual([]);
  });

  it('sets the cookie where that is the transport', async () => {
    const { ada, app } = await equipped();
    const payload = { challenge: await challengeOf(ada), proof: totp(app.code()) };
    const done = await spec.request('POST', '/api/v1/sessions/second-factor', { payload });
    expect(String(done.headers['set-cookie'])).toContain('HttpOnly');
    expect(done.json().refreshToken).toBeNull();
  });

  it('is no token for anything else', async () => {
    const { ada } = await equipped();
    const challenge = await challengeOf(ada);
    for (const headers of [{ authorization: `Bearer ${challenge}` }, { 'x-api-key': challenge }])
      expect((await spec.request('GET', '/api/v1/me', { headers })).statusCode).toBe(401);
    const renewal = { payload: { refreshToken: challenge } };
    expect((await spec.request('POST', '/api/v1/sessions/current/renewal', renewal)).statusCode).toBe(401);
  });

  it('is stored as a digest, sealed', async () => {
    const { ada } = await equipped();
    const challenge = await challengeOf(ada);
    const [row] = await spec.rows<{ row: string }>(
      'select row_to_json(c)::text as row from challenge c where user_id = $1',
      [ada.id],
    );
    expect(row?.row).not.toContain(challenge);
    expect(row?.row).not.toContain('password');
  });

  it('takes a code once: not again, and none of an earlier step', async () => {
    const { ada, app } = await equipped();
    const code = app.code();
    expect((await secondStep(spec, await challengeOf(ada), totp(code))).statusCode).toBe(201);
    for (const replayed of [code, app.code(-1)]) {
      const answer = await secondStep(spec, await challengeOf(ada), totp(replayed));
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'factor_refused']);
    }
    expect((await eventsOf(ada, 'second_factor.refused')).map((e) => e.data)).toEqual([
      { factor: 'totp' },
      { factor: 'totp' },
    ]);
  });

  it('lets one in of several who send the same code at once', async () => {
    const { ada, app } = await equipped();
    const challenges = await Promise.all([challengeOf(ada), challengeOf(ada), challengeOf(ada)]);
    const code = app.code();
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 3 };
    const answers = await spec.race(lock, () => Promise.all(challenges.map((c) => secondStep(spec, c, totp(code)))));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([201, 401, 401]);
    expect(await eventsOf(ada, 'session.started')).toHaveLength(1);
  });

  it('works once', async () => {
    const { ada, app } = await equipped();
    const challenge = await challengeOf(ada);
    expect((await secondStep(spec, challenge, totp(app.code()))).statusCode).toBe(201);
    const again = await secondStep(spec, challenge, recovery(app.recoveryCodes[0] ?? ''));
    expect([again.statusCode, again.json().code]).toEqual([401, 'challenge_over']);
    const left = await spec.rows('select from recovery_code where user_id = $1 and used_at is null', [ada.id]);
    expect(left).toHaveLength(10);
  });

  it('is over after five minutes', async () => {
    const { ada, app } = await equipped();
    const challenge = await challengeOf(ada);
    const [{ seconds } = { seconds: 0 }] = await spec.rows<{ seconds: number }>(
      `select extract(epoch from expires_at - created_at)::int as seconds from challenge where user_id = $1`,
      [ada.id],
    );
    expect(seconds).toBe(300);
    await spec.rows('update challenge set expires_at = now() where user_id = $1', [ada.id]);
    const late = await secondStep(spec, challenge, totp(app.code()));
    expect([late.statusCode, late.json().code]).toEqual([401, 'challenge_over']);
    expect(await eventsOf(ada, 'session.started')).toEqual([]);
  });

  it('is over after five wrong proofs, even for the right one', async () => {
    const { ada, app } = await equipped();
    const challenge = await challengeOf(ada);
    // Not the limit of the account, which has a spec of its own.
    const forget = () => spec.rows(`delete from guess_count returning kind`);
    for (let i = 0; i < 5; i++) {
      expect((await secondStep(spec, challenge, totp('000000'))).json().code).toBe('factor_refused');
      await forget();
    }
    expect((await secondStep(spec, challenge, totp(app.code()))).json().code).toBe('challenge_over');
    expect((await secondStep(spec, await challengeOf(ada), totp(app.code()))).statusCode).toBe(201);
  });

  it('makes an account wait after too many wrong codes, whatever challenge they were for', async () => {
    const { ada, app } = await equipped();
    const codes: string[] = [];
    for (let i = 0; i < 8 && !codes.includes('attempts_locked'); i++)
      codes.push((await secondStep(spec, await challengeOf(ada), totp('000000'))).json().code);
    expect(codes.at(-1)).toBe('attempts_locked');
    const locked = await secondStep(spec, await challengeOf(ada), totp(app.code()));
    expect([locked.statusCode, locked.json().code]).toEqual([429, 'attempts_locked']);
    expect(locked.headers['retry-after']).toMatch(/^\d+$/);
  });

  it.each([
    ['unknown', 'x'.repeat(43)],
    ['empty', ''],
    ['endless', 'x'.repeat(100_000)],
  ])('is refused for a challenge that is %s', async (_, challenge) => {
    const answer = await secondStep(spec, challenge, totp('123456'));
    expect([400, 401]).toContain(answer.statusCode);
  });

  it("takes nobody else's codes", async () => {
    const [one, other] = [await equipped(), await equipped()];
    const challenge = await challengeOf(one.ada);
    for (const proof of [totp(other.app.code()), recovery(other.app.recoveryCodes[0] ?? '')])
      expect((await secondStep(spec, challenge, proof)).json().code).toBe('factor_refused');
    const used = await spec.rows('select from recovery_code where user_id = $1 and used_at is not null', [
      other.ada.id,
    ]);
    expect(used).toEqual([]);
    expect((await secondStep(spec, challenge, totp(one.app.code()))).statusCode).toBe(201);
  });

  it('ends with the factor that it asked for', async () => {
    const { ada } = await equipped();
    const challenge = await challengeOf(ada);
    await spec.request('DELETE', '/api/v1/me/totp', { headers: ada.headers });
    expect((await secondStep(spec, challenge, totp('123456'))).json().code).toBe('challenge_over');
    expect((await firstStep(spec, ada)).json().state).toBe('signed_in');
  });

  it('still asks after a reset of the password', async () => {
    const { ada } = await equipped();
    await spec.mailTo(ada.email);
    await spec.request('POST', '/api/v1/password-resets', { payload: { email: ada.email } });
    const { token } = await spec.mailTo(ada.email);
    const password = 'another quite long password';
    await spec.request('POST', '/api/v1/password-resets/completion', { payload: { token, password } });
    expect((await firstStep(spec, { ...ada, password })).json().state).toBe('second_factor_required');
  });

  it('says nothing of the second factor to who does not know the password', async () => {
    const { ada } = await equipped();
    const wrong = await firstStep(spec, { ...ada, password: 'not the password' });
    expect([wrong.statusCode, wrong.json().code]).toEqual([401, 'invalid_credentials']);
  });

  it.each([
    ['no proof', undefined],
    ['a proof of no kind', { method: 'sms', code: '123456' }],
    ['a passkey that is none', { method: 'passkey', credential: { id: 'x' } }],
    ['a proof with more in it', { method: 'totp', code: '123456', userId: 'x' }],
  ])('refuses %s with a sentence', async (_, proof) => {
    const payload = { challenge: 'x'.repeat(43), proof };
    const answer = await spec.request('POST', '/api/v1/sessions/second-factor', { payload });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, expect.stringContaining('/body/proof')]);
  });
});

describe('a recovery code', () => {
  it('stands in for the second factor, once, and its owner is told', async () => {
    const { ada, app } = await equipped();
    await spec.mailTo(ada.email);
    const [code = ''] = app.recoveryCodes;
    const done = await secondStep(spec, await challengeOf(ada), recovery(code.toUpperCase().replaceAll('-', ' ')));
    expect(done.statusCode).toBe(201);
    expect((await eventsOf(ada, 'session.started', 'recovery_code.used')).map((e) => e.data)).toEqual([
      { left: 9 },
      { userId: ada.id, method: 'password', factor: 'recovery_code' },
    ]);
    const mail = await spec.mailTo(ada.email);
    expect([mail.subject, mail.text]).toEqual(['A recovery code was used', expect.stringContaining('9 are left.')]);
    expect(mail.text).not.toContain(code);
    expect((await secondStep(spec, await challengeOf(ada), recovery(code))).json().code).toBe('factor_refused');
  });

  it('is used once, however many send it at once', async () => {
    const { ada, app } = await equipped();
    const challenges = await Promise.all([challengeOf(ada), challengeOf(ada)]);
    const proof = recovery(app.recoveryCodes[3] ?? '');
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 2 };
    const answers = await spec.race(lock, () => Promise.all(challenges.map((c) => secondStep(spec, c, proof))));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([201, 401]);
  });

  it('stops working when new ones are made', async () => {
    const { ada, app } = await equipped();
    await spec.request('POST', '/api/v1/me/recovery-codes', { headers: ada.headers });
    const answer = await secondStep(spec, await challengeOf(ada), recovery(app.recoveryCodes[0] ?? ''));
    expect(answer.json().code).toBe('factor_refused');
  });
});
