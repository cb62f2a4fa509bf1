import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApplication } from '#test/application.js';
import { factory, type TestPerson } from '#test/factories.js';
import { IssuerVisitor, known, ORIGIN, withIssuer } from '#test/identities.js';
import { CLIENT, type TestIssuer } from '#test/issuer.js';

const API = '/api/v1';

let spec: TestApplication;
let issuer: TestIssuer;
beforeAll(async () => {
  ({ spec, issuer } = await withIssuer({ SIGNALBOX_REGISTRATION: 'open' }));
  await factory(spec.app).person().create();
});
afterAll(async () => {
  await spec?.close();
  await issuer?.stop();
});

const browser = () => new IssuerVisitor(spec, issuer);
const accounts = (email: string) =>
  spec.rows<{ id: string; password_hash: string | null; verified: boolean; name: string }>(
    `select id, name, password_hash, email_verified_at is not null as verified from user_account where email_key = $1`,
    [email],
  );
const identitiesOf = (who: TestPerson) =>
  spec.request('GET', `${API}/me/identities`, { headers: who.headers }).then((answer) => answer.json().items);

describe('a journey', () => {
  it('sends the browser there with everything that binds it, and keeps none of it readable', async () => {
    const ada = browser();
    const { url, expiresAt } = await ada.begin();
    const { origin, searchParams } = new URL(url);
    expect(origin).toBe(issuer.url);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: CLIENT.clientId,
      response_type: 'code',
      redirect_uri: `${ORIGIN}/sign-in/callback/acme`,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(Date.parse(expiresAt)).toBeGreaterThan(0);
    const rows = JSON.stringify(await spec.rows(`select row_to_json(c) from challenge c where purpose = 'identity'`));
    for (const secret of [searchParams.get('state'), searchParams.get('nonce'), ada.cookie.split('=')[1]])
      expect(rows).not.toContain(secret);
  });

  it('binds it by a cookie that scripts, other hosts and other sites do not get', async () => {
    const answer = await spec.request('POST', `${API}/sign-in-providers/acme/journey`);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(
      /^__Host-signalbox-journey=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('ends once, even when its answer was worth nothing', async () => {
    const { subject } = known(issuer);
    const ada = browser();
    const { url } = await ada.begin();
    const response = await issuer.visit(url, subject);
    const answers = await Promise.all([ada.end(response), ada.end(response)]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 400]);
    expect((await ada.end(response)).json().code).toBe('journey_over');

    const other = await ada.begin();
    const right = await issuer.visit(other.url, subject);
    expect((await ada.end(right.replace(/code=[^&]+/, 'code=forged'))).json().code).toBe('identity_refused');
    expect((await ada.end(right)).json().code).toBe('journey_over');
  });

  it('ends in the browser that began it: nobody finishes what another began', async () => {
    const { subject, email } = known(issuer);
    const [mallory, ada] = [browser(), browser()];
    const { url } = await mallory.begin();
    const response = await issuer.visit(url, subject);
    await ada.begin();
    for (const victim of [ada, browser()]) {
      const answer = await victim.end(response);
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'journey_over']);
    }
    expect(await accounts(email)).toEqual([]);
  });

  it('may be under way in several windows of one browser', async () => {
    const { subject } = known(issuer);
    const ada = browser();
    const [one, two] = [await ada.begin(), await ada.begin()];
    expect((await ada.end(await issuer.visit(one.url, subject))).statusCode).toBe(201);
    expect((await ada.end(await issuer.visit(two.url, subject))).statusCode).toBe(201);
  });

  it('lasts ten minutes', async () => {
    const { subject } = known(issuer);
    const ada = browser();
    const { url } = await ada.begin();
    const response = await issuer.visit(url, subject);
    await spec.rows(`update challenge set expires_at = now() where purpose = 'identity' returning purpose`);
    expect((await ada.end(response)).json().code).toBe('journey_over');
  });

  it.each([
    ['no state', (response: string) => response.replace(/state=[^&]+/, '')],
    ['another state', (response: string) => response.replace(/state=[^&]+/, `state=${'x'.repeat(43)}`)],
    ['two states', (response: string) => `${response}&state=${'x'.repeat(43)}`],
    ['nonsense', () => '%%%=&&&'],
  ])('ends with the state that it began with, not %s', async (_, change) => {
    const { subject } = known(issuer);
    const ada = browser();
    const { url } = await ada.begin();
    const answer = await ada.end(change(await issuer.visit(url, subject)));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'journey_over']);
  });

  it('takes no answer in the name of another issuer (mix-up)', async () => {
    const { subject } = known(issuer);
    const ada = browser();
    const { url } = await ada.begin();
    const response = await issuer.visit(url, subject);
    const forged = response.replace(/iss=[^&]+/, `iss=${encodeURIComponent('https://evil.example')}`);
    expect((await ada.end(forged)).json().code).toBe('identity_refused');
  });

  it('that was cancelled there says so', async () => {
    const ada = browser();
    const { url } = await ada.begin();
    const answer = await ada.end(await issuer.visit(url, null));
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'identity_refused']);
    expect(answer.json().detail).toContain('cancelled');
  });

  it('of a sign-in links nothing, and one of a link signs nobody in', async () => {
    const ada = await factory(spec.app).person().create();
    const { subject, email } = known(issuer);
    const here = browser();
    const toSignIn = await issuer.visit((await here.begin()).url, subject);
    expect((await here.end(toSignIn, ada)).json().code).toBe('journey_over');
    const toLink = await issuer.visit((await here.begin({}, ada)).url, subject);
    expect((await here.end(toLink)).json().code).toBe('journey_over');
    expect(await identitiesOf(ada)).toEqual([]);
    expect(await accounts(email)).toEqual([]);
  });

  it('is to an issuer that exists', async () => {
    for (const answer of [
      await spec.request('POST', `${API}/sign-in-providers/nobody/journey`),
      await browser().end('code=x&state=y', undefined, 'nobody'),
    ])
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'unknown_provider']);
  });

  it.each([
    ['an endless answer', { provider: 'acme', response: 'x'.repeat(10_000) }, '/body/response'],
    ['no answer', { provider: 'acme' }, '/body/response'],
    ['a provider that is none', { provider: '../x', response: 'code=x' }, '/body/provider'],
    ['more than is asked', { provider: 'acme', response: 'code=x', userId: 'x' }, '/body'],
  ])('refuses %s', async (_, payload, path) => {
    const answer = await spec.request('POST', `${API}/sessions/provider`, { payload });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, expect.stringContaining(path)]);
  });
});
