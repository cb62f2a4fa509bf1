import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { firstStep, secondStep } from '#test/factors.js';
import { type Forgery, passkeyOf, TestPasskey } from '#test/passkeys.js';
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
const add = (ada: TestPerson, credential: object, name = 'Laptop') =>
  send('POST', 'me/passkeys', ada, { name, credential });
const own = (ada: TestPerson, wanted = {}) => passkeyOf(spec, ORIGIN, ada, wanted);
const asked = async () => (await spec.request('POST', '/api/v1/sessions/passkey-challenge')).json();
const signIn = (credential: object) =>
  spec.request('POST', '/api/v1/sessions/passkey', { payload: { credential, transport: 'body' } });
const count = async (ada: TestPerson) => (await spec.rows('select from passkey where user_id = $1', [ada.id])).length;
const started = async (ada: TestPerson) =>
  (await spec.events({ type: 'session.started' })).filter((event) => event.data['userId'] === ada.id);
const reasons = async (subjectId: string) =>
  (await spec.events({ type: 'passkey.refused', subjectId })).map((event) => event.data['reason']);
const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('adding a passkey', () => {
  it('asks for one that finds its account and verifies its owner', async () => {
    const ada = await person();
    expect(await begin(ada)).toMatchObject({
      rp: { id: 'box.example.com', name: 'Signalbox' },
      user: { name: ada.email, id: Buffer.from(ada.id.replaceAll('-', ''), 'hex').toString('base64url') },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [],
    });
  });

  it.each<[string, Forgery]>([
    ['of another site', { origin: 'https://evil.example' }],
    ['of a page of plain http', { origin: 'http://box.example.com' }],
    ['for another site', { rpId: 'evil.example' }],
    ['to another question', { challenge: 'x'.repeat(43) }],
    ['to no question', { challenge: '' }],
    ['to a question of sign-in', { type: 'webauthn.get' }],
    ['without its owner', { flags: 0x04 }],
    ['without verification of its owner', { flags: 0x01 }],
  ])('refuses an answer %s', async (_, forgery) => {
    const ada = await person();
    const answer = await add(ada, new TestPasskey(ORIGIN).create(await begin(ada), forgery));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'passkey_unverified']);
    expect(await count(ada)).toBe(0);
    expect((await firstStep(spec, ada)).json().state).toBe('signed_in');
  });

  it.each([
    ['garbage for JSON', { clientDataJSON: 'AAAA' }],
    ['JSON that is null', { clientDataJSON: Buffer.from('null').toString('base64url') }],
    ['garbage for CBOR', { attestationObject: '____' }],
  ])('refuses %s', async (_, response) => {
    const ada = await person();
    const right = new TestPasskey(ORIGIN).create(await begin(ada)) as { response: object };
    const answer = await add(ada, { ...right, response: { ...right.response, ...response } });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'passkey_unverified']);
  });

  it('takes each challenge once, even after a wrong answer', async () => {
    const ada = await person();
    const options = await begin(ada);
    const passkey = new TestPasskey(ORIGIN);
    expect((await add(ada, passkey.create(options, { flags: 0x01 }))).statusCode).toBe(400);
    expect((await add(ada, passkey.create(options))).statusCode).toBe(400);
    expect((await add(ada, passkey.create(await begin(ada)))).statusCode).toBe(201);
  });

  it('takes no challenge of five minutes ago, of somebody else, or of another session', async () => {
    const [ada, bob] = [await person(), await person()];
    const late = await begin(ada);
    await spec.rows('update challenge set expires_at = now() where user_id = $1', [ada.id]);
    const elsewhere = (await firstStep(spec, ada)).json();
    const headers = { authorization: `Bearer ${elsewhere.accessToken}` };
    const foreign = await begin(bob);
    const ofOther = (await send('POST', 'me/passkeys/challenge', { headers })).json();
    for (const options of [late, foreign, ofOther]) {
      const answer = await add(ada, new TestPasskey(ORIGIN).create(options));
      expect(answer.json().code).toBe('passkey_unverified');
    }
  });

  it('takes no challenge of a sign-in', async () => {
    const ada = await person();
    const answer = await add(ada, new TestPasskey(ORIGIN).create(await asked()));
    expect(answer.json().code).toBe('passkey_unverified');
  });

  it('refuses a passkey that somebody has already', async () => {
    const [ada, bob] = [await person(), await person()];
    const { passkey } = await own(ada);
    for (const who of [ada, bob]) {
      const answer = await add(who, passkey.create(await begin(who)));
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'passkey_known']);
    }
  });

  it('ends the other sessions with the first one, and brings recovery codes with it only', async () => {
    const ada = await person();
    const other = (await firstStep(spec, ada)).json();
    const first = await own(ada);
    expect(first.recoveryCodes).toHaveLength(10);
    const headers = { authorization: `Bearer ${other.accessToken}` };
    expect((await send('GET', 'me', { headers })).statusCode).toBe(401);
    expect((await own(ada)).recoveryCodes).toBeNull();
    expect((await spec.events({ subjectId: ada.id })).map((event) => event.type)).toEqual(['recovery_codes.replaced']);
  });

  it('ends at twenty', async () => {
    const ada = await person();
    await spec.rows(
      `insert into passkey (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
       select gen_random_uuid(), $1::uuid, $1::text || n, '', 0, '{}', false, 'x', now() from generate_series(1, 20) n returning id`,
      [ada.id],
    );
    const answer = await send('POST', 'me/passkeys/challenge', ada);
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'passkey_limit']);
  });
});

describe('a passkey', () => {
  it('is renamed and removed by its owner alone', async () => {
    const [ada, bob] = [await person(), await person()];
    const { id } = await own(ada);
    await own(bob);
    expect((await send('PATCH', `me/passkeys/${id}`, bob, { name: 'Mine' })).statusCode).toBe(404);
    expect((await send('DELETE', `me/passkeys/${id}`, bob)).statusCode).toBe(404);

    const renamed = await send('PATCH', `me/passkeys/${id}`, ada, { name: 'Phone' });
    expect([renamed.statusCode, renamed.json().name]).toEqual([200, 'Phone']);
    await send('PATCH', `me/passkeys/${id}`, ada, { name: 'Phone' });
    expect((await send('DELETE', `me/passkeys/${id}`, ada)).statusCode).toBe(204);
    expect(await count(ada)).toBe(0);
    expect((await spec.events({ subjectId: id })).map((event) => [event.type, event.data])).toEqual([
      ['passkey.added', { userId: ada.id, name: 'Laptop', synced: false }],
      ['passkey.renamed', { userId: ada.id, before: 'Laptop', after: 'Phone' }],
      ['passkey.removed', { userId: ada.id, name: 'Phone' }],
    ]);
    let mail = await spec.mailTo(ada.email);
    while (mail.subject !== 'A passkey was removed') mail = await spec.mailTo(ada.email);
    expect((await firstStep(spec, ada)).json().state).toBe('signed_in');
    expect((await send('GET', 'me/second-factors', ada)).json().recoveryCodesLeft).toBe(0);
  });

  it('stays when it is the last way to sign in, whichever of two is removed first', async () => {
    const ada = await person();
    const [one, two] = [await own(ada), await own(ada)];
    await spec.rows('update user_account set password_hash = null where id = $1 returning id', [ada.id]);
    const lock = { sql: 'select from user_account where id = $1 for update', values: [ada.id], until: 2 };
    const remove = (id: string) => send('DELETE', `me/passkeys/${id}`, ada);
    const answers = await spec.race(lock, () => Promise.all([remove(one.id), remove(two.id)]));
    expect(answers.map((a) => a.statusCode).sort()).toEqual([204, 409]);
    expect(answers.find((a) => a.statusCode === 409)?.json().code).toBe('last_sign_in_method');
    expect(await count(ada)).toBe(1);
    const removed = (await spec.events({ type: 'passkey.removed' })).filter((e) => e.data['userId'] === ada.id);
    expect(removed).toHaveLength(1);
  });
});

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

describe('where browsers know no passkeys', () => {
  it.each([['http://box.example.com'], ['https://192.0.2.7'], ['http://127.0.0.1:3000']])(
    'says so: %s',
    async (address) => {
      const plain = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: address });
      try {
        const ada = await factory(plain.app).person().create();
        const { headers } = ada;
        for (const path of ['me/passkeys/challenge', 'sessions/passkey-challenge']) {
          const answer = await plain.request('POST', `/api/v1/${path}`, { headers });
          expect([answer.statusCode, answer.json().code]).toEqual([409, 'passkeys_unavailable']);
        }
        const shown = await plain.request('GET', '/api/v1/me/second-factors', { headers });
        expect(shown.json().passkeysUsable).toBe(false);
      } finally {
        await plain.close();
      }
    },
  );
});
