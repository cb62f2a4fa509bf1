import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestApplication } from '#test/application.js';
import { factory } from '#test/factories.js';
import { bootWith, journey, LOOPBACK, ORIGIN, setOut } from '#test/identities.js';
import { CLIENT, type Lies, LyingIssuer, TestIssuer } from '#test/issuer.js';

describe('an issuer that lies', () => {
  let spec: TestApplication;
  let issuer: LyingIssuer;
  beforeAll(async () => {
    issuer = await LyingIssuer.start();
    spec = await bootWith([{ id: 'acme', name: 'Acme', issuer: issuer.url, ...CLIENT }]);
    await factory(spec.app).person().create();
  });
  afterAll(async () => {
    await spec?.close();
    await issuer?.stop();
  });
  beforeEach(async () => {
    issuer.lies = {};
    await spec.rows(`delete from user_account where email_key = 'mallory@example.com' returning id`);
  });
  const signIn = (change = (response: string) => response) => journey(spec, 'acme', (url) => change(issuer.visit(url)));
  const sessions = () => spec.rows(`select from session where method = 'identity'`);

  it('is believed while it tells the truth, and is sent the verifier', async () => {
    const answer = await signIn();
    expect([answer.statusCode, answer.json().person?.email]).toEqual([201, 'mallory@example.com']);
    expect(Object.fromEntries(issuer.exchanges.at(-1) ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: 'any',
      redirect_uri: `${ORIGIN}/sign-in/callback/acme`,
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
    });
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, () => Lies]>([
    ['without a signature (alg none)', () => ({ header: { alg: 'none' } })],
    ['without a signature (alg NONE)', () => ({ header: { alg: 'NONE' } })],
    ['signed with the secret of the client', () => ({ header: { alg: 'HS256' }, hmac: true })],
    ['signed by a key that is not published', () => ({ foreignKey: true })],
    ['that names a key that is not published', () => ({ header: { kid: 'another' } })],
    ['of another issuer', () => ({ claims: { iss: 'https://accounts.google.com' } })],
    ['for another client', () => ({ claims: { aud: 'another' } })],
    ['for several clients, through another', () => ({ claims: { aud: [CLIENT.clientId, 'another'], azp: 'another' } })],
    ['of another journey', () => ({ claims: { nonce: 'x'.repeat(43) } })],
    ['of no journey', () => ({ claims: { nonce: undefined } })],
    ['that has expired', () => ({ claims: { iat: now() - 7200, exp: now() - 3600 } })],
    ['that is not valid yet', () => ({ claims: { nbf: now() + 3600 } })],
    ['without an expiry', () => ({ claims: { exp: undefined } })],
    ['of nobody', () => ({ claims: { sub: undefined } })],
    ['with an empty subject', () => ({ claims: { sub: '' } })],
    ['with an endless subject', () => ({ claims: { sub: 'x'.repeat(256) } })],
    ['with a subject of two lines', () => ({ claims: { sub: 'a\nb' } })],
    ['that is missing', () => ({ noIdToken: true })],
  ])('is not believed with a token %s', async (_, lies) => {
    issuer.lies = lies();
    const answer = await signIn();
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'identity_refused']);
    expect(await sessions()).toEqual([]);
    expect(await spec.rows(`select from user_account where email_key = 'mallory@example.com'`)).toEqual([]);
    expect((await spec.events({ type: 'identity.refused' })).at(-1)?.data).toEqual({
      provider: 'acme',
      reason: 'identity_refused',
    });
  });

  it('is not believed in the name of another issuer', async () => {
    const answer = await signIn((response) => response.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example'));
    expect(answer.json().code).toBe('identity_refused');
    const nameless = await signIn((response) => response.replace(/&iss=[^&]+/, ''));
    expect(nameless.json().code).toBe('identity_refused');
  });

  it.each<[string, Lies]>([
    ['an error page', { token: { status: 502, body: '<html>' } }],
    ['nonsense', { token: { status: 200, body: '<html>' } }],
    ['an outage', { token: { status: 503, body: '{"error":"temporarily_unavailable"}' } }],
  ])('that answers the exchange with %s is down', async (_, lies) => {
    issuer.lies = lies;
    const answer = await signIn();
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'issuer_unavailable']);
    expect(answer.headers['retry-after']).toBe('30');
  });

  it.each<[string, Lies]>([
    ['that the code is wrong', { token: { status: 400, body: '{"error":"invalid_grant"}' } }],
    ['that the client is wrong', { token: { status: 401, body: '{"error":"invalid_client"}' } }],
    ['without an access token', { token: { status: 200, body: '{}' } }],
    ['with more than a megabyte', { token: { status: 200, body: JSON.stringify({ x: 'x'.repeat(2 ** 21) }) } }],
  ])('that answers the exchange %s is refused or down, never believed', async (_, lies) => {
    issuer.lies = lies;
    const answer = await signIn();
    expect([403, 503]).toContain(answer.statusCode);
    expect(answer.json().detail).toMatch(/^[A-Z].*\.$/);
  });
});

describe('an issuer whose own description is wrong', () => {
  it.each<[string, Lies]>([
    ['of another issuer', { discovery: { metadata: { issuer: 'https://accounts.google.com' } } }],
    ['no JSON', { discovery: { body: '<html>' } }],
    ['missing', { discovery: { status: 404, body: '{}' } }],
    ['a page of script', { discovery: { metadata: { authorization_endpoint: 'javascript:alert(1)' } } }],
    ['a page of plain http elsewhere', { discovery: { metadata: { authorization_endpoint: 'http://evil.example/' } } }],
  ])('sends nobody there: %s', async (_, lies) => {
    const issuer = await LyingIssuer.start();
    const spec = await bootWith([{ id: 'acme', name: 'Acme', issuer: issuer.url, ...CLIENT }]);
    try {
      issuer.lies = lies;
      const answer = await setOut(spec, 'acme');
      expect([403, 503]).toContain(answer.statusCode);
      expect(['identity_refused', 'issuer_unavailable']).toContain(answer.json().code);
      // Not remembered: it works as soon as it is right.
      issuer.lies = {};
      expect((await setOut(spec, 'acme')).statusCode).toBe(201);
    } finally {
      await spec.close();
      await issuer.stop();
    }
  });
});

describe('an issuer that is down', () => {
  it('is said to be, in a sentence, and is asked again', async () => {
    const issuer = await TestIssuer.start([`${ORIGIN}/sign-in/callback/acme`]);
    const providers = [{ id: 'acme', name: 'Acme', issuer: issuer.url, ...CLIENT }];
    await issuer.stop();
    const spec = await bootWith(providers);
    try {
      const answer = await setOut(spec, 'acme');
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'issuer_unavailable']);
      expect(answer.json().detail).toBe(
        'Acme could not be asked: The host refuses the connection. Try again later, or sign in another way.',
      );
    } finally {
      await spec.close();
    }
  });

  it('does not hang those who wait', async () => {
    const issuer = await LyingIssuer.start();
    const spec = await bootWith([{ id: 'acme', name: 'Acme', issuer: issuer.url, ...CLIENT }], {
      ...LOOPBACK,
      SIGNALBOX_OUTBOUND_TIMEOUT_MS: '200',
    });
    try {
      issuer.lies = { hang: true };
      const answer = await setOut(spec, 'acme');
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'issuer_unavailable']);
    } finally {
      await spec.close();
      await issuer.stop();
    }
  });

  it('in a private network is not asked unless the settings allow it', async () => {
    const issuer = await LyingIssuer.start();
    const spec = await bootWith([{ id: 'acme', name: 'Acme', issuer: issuer.url, ...CLIENT }], {
      SIGNALBOX_REGISTRATION: 'open',
    });
    try {
      const answer = await setOut(spec, 'acme');
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'issuer_unavailable']);
      expect(issuer.exchanges).toEqual([]);
    } finally {
      await spec.close();
      await issuer.stop();
    }
  });
});

describe('an issuer that knows neither nonce nor PKCE, as LinkedIn', () => {
  it('is asked without them', async () => {
    const issuer = await LyingIssuer.start();
    const spec = await bootWith([
      { id: 'plain', name: 'Plain', issuer: issuer.url, ...CLIENT, nonce: false, pkce: false },
    ]);
    try {
      await factory(spec.app).person().create();
      issuer.lies = { claims: { nonce: undefined } };
      let asked = new URLSearchParams();
      const answer = await journey(spec, 'plain', (url) => {
        asked = new URL(url).searchParams;
        return issuer.visit(url);
      });
      expect(answer.statusCode).toBe(201);
      for (const name of ['nonce', 'code_challenge', 'code_challenge_method']) expect(asked.has(name)).toBe(false);
      expect(issuer.exchanges.at(-1)?.has('code_verifier')).toBe(false);
    } finally {
      await spec.close();
      await issuer.stop();
    }
  });
});

describe('settings of issuers', () => {
  it('are checked at the start', async () => {
    await expect(bootWith([{ preset: 'google' }])).rejects.toThrow('SIGNALBOX_SIGN_IN_PROVIDERS: 0 clientId');
  });
});
