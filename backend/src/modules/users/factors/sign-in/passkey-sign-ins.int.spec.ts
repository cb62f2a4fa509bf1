import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { firstStep, secondStep } from '#test/factors.js';
import { type Forgery, passkeyOf } from '#test/passkeys.js';
import { UsersModule } from '../../index.js';

const ORIGIN = 'https://box.example.com';

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: ORIGIN });
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const send = (method: string, path: string, { headers }: Pick<TestPerson, 'headers'>, payload?: object) =>
  spec.request(method, `/api/v1/${path}`, { headers, payload });
const begin = async (ada: TestPerson) => (await send('POST', 'me/passkeys/challenge', ada)).json();
const own = (ada: TestPerson, wanted = {}) => passkeyOf(spec, ORIGIN, ada, wanted);
const asked = async () => (await spec.request('POST', '/api/v1/sessions/passkey-challenge')).json();
const signIn = (credential: object) =>
  spec.request('POST', '/api/v1/sessions/passkey', { payload: { credential, transport: 'body' } });
const started = async (ada: TestPerson) =>
  (await spec.events({ type: 'session.started' })).filter((event) => event.data['userId'] === ada.id);
const reasons = async (subjectId: string) =>
  (await spec.events({ type: 'passkey.refused', subjectId })).map((event) => event.data['reason']);
const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('a sign-in by passkey', () => {
  it('works, and notes the use', async () => {
    const ada = await person();
    const { passkey, id } = await own(ada, { counts: true });
    const done = await signIn(passkey.get(await asked()));
    expect([done.statusCode, done.json().person.id]).toEqual([201, ada.id]);
    expect((await started(ada)).map((event) => event.data)).toEqual([{ userId: ada.id, method: 'passkey' }]);
    const shown = (await send('GET', 'me/second-factors', ada)).json().passkeys[0];
    expect(shown).toMatchObject({ id, lastUsedAt: expect.any(String) });
    const [row] = await spec.rows('select counter from passkey where id = $1', [id]);
    expect(row).toEqual({ counter: '1' });
  });

  it.each<[string, Forgery]>([
    ['of another site', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['that is a registration', { type: 'webauthn.create' }],
    ['without its owner', { flags: 0x04 }],
    ['without verification of its owner', { flags: 0x01 }],
  ])('is refused %s', async (_, forgery) => {
    const ada = await person();
    const { passkey } = await own(ada);
    const answer = await signIn(passkey.get(await asked(), forgery));
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'passkey_refused']);
    expect(await started(ada)).toEqual([]);
    expect(await reasons(ada.id)).toEqual(['proof']);
  });

  it('is refused when another key signed', async () => {
    const ada = await person();
    const { passkey, id } = await own(ada, { counts: true });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect((await signIn(passkey.get(await asked(), {}, privateKey))).statusCode).toBe(401);
    // What is not signed says nothing: a stranger suspends nobody's passkey.
    expect((await signIn(passkey.get(await asked(), { counter: 0 }, privateKey))).statusCode).toBe(401);
    expect(await spec.rows('select from passkey where id = $1 and suspended_at is not null', [id])).toEqual([]);
  });

  it('takes each challenge once', async () => {
    const ada = await person();
    const { passkey } = await own(ada);
    const answer = passkey.get(await asked());
    const answers = await Promise.all([signIn(answer), signIn(answer), signIn(answer)]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([201, 401, 401]);
    expect(await started(ada)).toHaveLength(1);
    expect(await reasons(NOBODY)).toEqual(['challenge', 'challenge']);
  });

  it('takes a challenge for five minutes, and none that it did not give', async () => {
    const ada = await person();
    const { passkey } = await own(ada);
    const options = await asked();
    const [row] = await spec.rows<{ seconds: number }>(
      `select extract(epoch from expires_at - created_at)::int as seconds from challenge where purpose = 'passkey_sign_in'`,
    );
    expect(row?.seconds).toBe(300);
    await spec.rows(`update challenge set expires_at = now() where purpose = 'passkey_sign_in' returning purpose`);
    for (const wrong of [options, { challenge: 'x'.repeat(43) }, await begin(ada)])
      expect((await signIn(passkey.get(wrong))).json().code).toBe('passkey_refused');
    expect(await started(ada)).toEqual([]);
  });

  it('names its account by itself: no passkey of one account signs in to another', async () => {
    const [ada, bob] = [await person(), await person()];
    const [hers, his] = [await own(ada), await own(bob)];
    const handle = (of: TestPerson) => Buffer.from(of.id.replaceAll('-', ''), 'hex').toString('base64url');
    const forgeries: Forgery[] = [
      { userHandle: handle(bob) },
      { userHandle: undefined },
      { userHandle: 'AAAA' },
      { credentialId: his.passkey.id },
      { credentialId: his.passkey.id, userHandle: handle(bob) },
      { credentialId: 'unknown' },
    ];
    for (const forgery of forgeries) {
      const answer = await signIn(hers.passkey.get(await asked(), forgery));
      expect([forgery, answer.statusCode]).toEqual([forgery, 401]);
    }
    expect(await started(bob)).toEqual([]);
    expect((await signIn(hers.passkey.get(await asked()))).statusCode).toBe(201);
  });

  it('is suspended when its counter does not grow', async () => {
    for (const counter of [3, 2, 0]) {
      const ada = await person();
      const { passkey, id } = await own(ada, { counts: true });
      await signIn(passkey.get(await asked(), { counter: 3 }));
      expect((await signIn(passkey.get(await asked(), { counter }))).json().code).toBe('passkey_refused');
      expect((await signIn(passkey.get(await asked(), { counter: 9 }))).json().code).toBe('passkey_refused');
      expect((await spec.events({ type: 'passkey.suspended', subjectId: id })).map((e) => e.data)).toEqual([
        { userId: ada.id, name: 'Laptop' },
      ]);
      expect(await started(ada)).toHaveLength(1);
    }
  });

  it('waits for the address to be confirmed', async () => {
    const ada = await person();
    const { passkey } = await own(ada);
    await spec.rows('update user_account set email_verified_at = null where id = $1 returning id', [ada.id]);
    const answer = await signIn(passkey.get(await asked()));
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'email_unverified']);
  });

  it('does not depend on wrong passwords that somebody typed', async () => {
    const ada = await person();
    const { passkey } = await own(ada);
    for (let i = 0; i < 12; i++) await firstStep(spec, { ...ada, password: 'not the password' });
    expect((await firstStep(spec, ada)).json().code).toBe('attempts_locked');
    expect((await signIn(passkey.get(await asked()))).statusCode).toBe(201);
  });
});

describe('a passkey as second factor', () => {
  const first = async (ada: TestPerson) => (await firstStep(spec, ada)).json();
  const proof = (credential: object) => ({ method: 'passkey', credential });

  it('is asked for among those of the person', async () => {
    const ada = await person();
    const { passkey } = await own(ada);
    const { passkey: options } = await first(ada);
    expect(options).toMatchObject({
      rpId: 'box.example.com',
      userVerification: 'discouraged',
      allowCredentials: [{ id: passkey.id, type: 'public-key', transports: ['internal'] }],
    });
  });

  it("refuses the passkey of another account, and the first one's answer to another challenge", async () => {
    const [ada, bob] = [await person(), await person()];
    const [hers, his] = [await own(ada), await own(bob)];
    const entry = await first(ada);
    const stolen = await secondStep(spec, entry.challenge, proof(his.passkey.get(entry.passkey)));
    expect([stolen.statusCode, stolen.json().code]).toEqual([401, 'factor_refused']);

    const [one, two] = [await first(ada), await first(ada)];
    const crossed = await secondStep(spec, one.challenge, proof(hers.passkey.get(two.passkey)));
    expect(crossed.json().code).toBe('factor_refused');
    expect((await secondStep(spec, two.challenge, proof(hers.passkey.get(two.passkey)))).statusCode).toBe(201);
    expect((await spec.events({ type: 'second_factor.refused', subjectId: ada.id })).map((e) => e.data)).toEqual([
      { factor: 'passkey' },
      { factor: 'passkey' },
    ]);
  });

  it('ends the challenge when it is refused', async () => {
    const ada = await person();
    const { passkey, recoveryCodes } = await own(ada);
    const entry = await first(ada);
    const wrong = proof(passkey.get(entry.passkey, { origin: 'https://evil.example' }));
    expect((await secondStep(spec, entry.challenge, wrong)).json().code).toBe('factor_refused');
    const right = { method: 'recovery_code', code: recoveryCodes?.[0] ?? '' };
    expect((await secondStep(spec, entry.challenge, right)).json().code).toBe('challenge_over');
  });

  it('cannot answer a sign-in by passkey alone with what it signed for the second step', async () => {
    const ada = await person();
    const { passkey } = await own(ada);
    const entry = await first(ada);
    expect((await signIn(passkey.get(entry.passkey))).json().code).toBe('passkey_refused');
  });
});
