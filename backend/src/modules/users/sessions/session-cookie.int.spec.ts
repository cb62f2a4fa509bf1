import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyRing } from '#platform/crypto/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { factory, TEST_PASSWORD, type TestPerson } from '#test/factories.js';
import { UsersModule } from '../index.js';

const ORIGIN = 'https://signalbox.example.com';
const ALLOWED = 'https://console.example.com';
const COOKIE = '__Secure-signalbox-session';
const CSRF = '__Host-signalbox-csrf';

type Headers = Record<string, string>;

let spec: TestApplication;
beforeAll(async () => {
  spec = await startApplication([UsersModule], { SIGNALBOX_PUBLIC_URL: ORIGIN, SIGNALBOX_CORS_ORIGINS: ALLOWED });
});
afterAll(() => spec.close());

const person = () => factory(spec.app).person().create();
const enter = (email: string, headers: Headers = {}, transport = 'cookie') =>
  spec.request('POST', '/api/v1/sessions', { payload: { email, password: TEST_PASSWORD, transport }, headers });
const renew = (headers: Headers) => spec.request('POST', '/api/v1/sessions/current/renewal', { payload: {}, headers });
type Answer = Awaited<ReturnType<typeof enter>>;
const cookieOf = (answer: Answer, name = COOKIE) => answer.cookies.find((cookie) => cookie.name === name);

/** A browser that is signed in: what it sends along, and what its page knows. */
interface Browser {
  answer: Answer;
  cookie: string;
  csrf: string;
  sessionId: string;
  accessToken: string;
}

async function browser(somebody?: TestPerson): Promise<Browser> {
  const answer = await enter((somebody ?? (await person())).email);
  const { csrfToken: csrf, sessionId, accessToken } = answer.json();
  return { answer, cookie: `${COOKIE}=${cookieOf(answer)?.value}`, csrf, sessionId, accessToken };
}

/** What a page of the console sends to renew. */
const ours = ({ cookie, csrf }: Browser): Headers => ({ cookie, origin: ORIGIN, 'x-csrf-token': csrf });
const replaced = async ({ sessionId }: Browser) =>
  (await spec.rows('select 1 from refresh_token where session_id = $1 and replaced_at is not null', [sessionId]))
    .length;

/** The browser was refused, and its session is as it was: the cookie renews it all the same. */
async function expectRefused(answer: Answer, code: string, who: Browser): Promise<void> {
  expect([answer.statusCode, answer.json().code]).toEqual([403, code]);
  expect([await replaced(who), answer.cookies]).toEqual([0, []]);
  expect((await renew(ours(who))).statusCode).toBe(201);
}

describe('the cookies of a session', () => {
  it('hold the refresh token out of reach of scripts and other sites, and the CSRF token for pages of this host', async () => {
    const { answer, csrf } = await browser();
    expect(answer.json().refreshToken).toBeNull();
    const common = { secure: true, sameSite: 'Strict' };
    expect(cookieOf(answer)).toMatchObject({ ...common, path: '/api/v1/sessions', httpOnly: true });
    expect(cookieOf(answer, CSRF)).toMatchObject({ ...common, path: '/', value: csrf });
    expect(cookieOf(answer, CSRF)).not.toHaveProperty('httpOnly');
    expect(cookieOf(answer, CSRF)).not.toHaveProperty('domain');
  });

  it('are not set for a program, which is told of no CSRF token', async () => {
    const answer = await enter((await person()).email, {}, 'body');
    expect([answer.json().csrfToken, answer.cookies]).toEqual([null, []]);
  });

  it('are removed at sign-out, with what pages have stored', async () => {
    const { accessToken } = await browser();
    const headers = { authorization: `Bearer ${accessToken}` };
    const out = await spec.request('DELETE', '/api/v1/sessions/current', { headers });
    expect(out.statusCode).toBe(204);
    expect(cookieOf(out)).toMatchObject({ value: '', path: '/api/v1/sessions', expires: new Date(0) });
    expect(cookieOf(out, CSRF)).toMatchObject({ value: '', path: '/', expires: new Date(0) });
    expect(out.headers['clear-site-data']).toBe('"storage"');
  });
});

describe('a renewal by cookie', () => {
  it('is for pages of this console, of allowed origins, and of the host that it is sent to', async () => {
    const places: Headers[] = [{}, { origin: ALLOWED }, { origin: 'https://10.0.0.7:3000', host: '10.0.0.7:3000' }];
    for (const place of places) {
      const who = await browser();
      const answer = await renew({ ...ours(who), ...place });
      expect(answer.statusCode).toBe(201);
      expect(answer.json().refreshToken).toBeNull();
      expect(cookieOf(answer)?.value).not.toBe(who.cookie.split('=')[1]);
      expect(cookieOf(answer, CSRF)?.value).toBe(answer.json().csrfToken);
    }
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a subdomain', { origin: 'https://evil.signalbox.example.com' }],
    ['the same host over http', { origin: 'http://signalbox.example.com', host: 'signalbox.example.com' }],
    ['another port of the same host', { origin: `${ORIGIN}:8443`, host: 'signalbox.example.com' }],
    ['a page without an origin', { origin: 'null' }],
    ['an origin that is none', { origin: 'signalbox.example.com' }],
  ])('is refused from %s, token or not', async (_, place: Headers) => {
    const who = await browser();
    await expectRefused(await renew({ ...ours(who), ...place }), 'foreign_origin', who);
  });

  it('is refused when nobody says where it comes from', async () => {
    const who = await browser();
    const { origin: _, ...unnamed } = ours(who);
    await expectRefused(await renew(unnamed), 'foreign_origin', who);
  });

  const wrong: [string, (own: Browser, other: Browser) => string][] = [
    ['empty', () => ''],
    ['not one of ours', () => 'token'],
    ["another session's", (_, other) => other.csrf],
    ['cut', ({ csrf }) => csrf.slice(0, -1)],
    ['of another random part', ({ csrf }) => `${csrf[0] === 'A' ? 'B' : 'A'}${csrf.slice(1)}`],
    ['unsigned', ({ csrf }) => `${csrf.split('.')[0]}.`],
    ['signed by a key that does not exist', ({ csrf }) => csrf.replace(/\.[^.]+\./, '.nobody.')],
    ['far too long', ({ csrf }) => csrf + 'A'.repeat(5000)],
  ];
  it.each(wrong)('is refused when the CSRF token is %s', async (_, forge) => {
    const [who, other] = [await browser(), await browser()];
    await expectRefused(await renew({ ...ours(who), 'x-csrf-token': forge(who, other) }), 'csrf_token_refused', who);
  });

  it('is refused without a CSRF token', async () => {
    const who = await browser();
    const { 'x-csrf-token': _, ...bare } = ours(who);
    await expectRefused(await renew(bare), 'csrf_token_refused', who);
  });

  it('takes a token of the session from before an earlier renewal, and from before the keys were rotated', async () => {
    const who = await browser();
    const later = await renew(ours(who));
    spec.app.get(KeyRing).rotate();
    const next = { ...who, cookie: `${COOKIE}=${cookieOf(later)?.value}` };
    expect((await renew(ours(next))).statusCode).toBe(201);
  });

  it('says that the session is over when the cookie is of none', async () => {
    const who = await browser();
    const answer = await renew({ ...ours(who), cookie: `${COOKIE}=${'a'.repeat(43)}` });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'session_over']);
  });
});

describe('a sign-in from another site', () => {
  const foreign: [string, Headers][] = [
    ['names its origin', { origin: 'https://evil.example' }],
    ['hides its origin', { origin: 'null' }],
    ['names none, while the browser says that it is another site', { 'sec-fetch-site': 'cross-site' }],
    ['names none, while the browser says that it is another host of the site', { 'sec-fetch-site': 'same-site' }],
  ];
  it.each(foreign)('is refused when it %s, before the password is looked at', async (_, headers) => {
    const ada = await person();
    const answer = await enter(ada.email, headers);
    expect([answer.statusCode, answer.json().code, answer.cookies]).toEqual([403, 'foreign_origin', []]);
    const events = await spec.events({ type: 'session.started' });
    expect(events.filter(({ actor }) => actor.userId === ada.id)).toEqual([]);
  });

  it('is refused as a form, which a page sends without asking anybody', async () => {
    const ada = await person();
    const payload = new URLSearchParams({ email: ada.email, password: TEST_PASSWORD }).toString();
    for (const origin of ['https://evil.example', 'null']) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin };
      const answer = await spec.request('POST', '/api/v1/sessions', { payload, headers });
      expect([origin, answer.statusCode, answer.cookies]).toEqual([origin, 403, []]);
    }
  });

  it('is taken from a program, which names no origin', async () => {
    expect((await enter((await person()).email)).statusCode).toBe(201);
  });
});
