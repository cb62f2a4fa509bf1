import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { firstStep } from '#test/factors.js';
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
const count = async (ada: TestPerson) => (await spec.rows('select from passkey where user_id = $1', [ada.id])).length;

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
