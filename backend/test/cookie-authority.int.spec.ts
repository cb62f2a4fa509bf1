// No route takes its authority from a cookie unless a page of ours sent it, with the session's CSRF token. Every route is tried.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { refusesOtherSites, type Route } from '#platform/http/index.js';
import { TEST_PASSWORD } from './factories.js';
import { fill, walkRoutes } from './routes.js';
import { wholeApplication } from './whole-application.js';

jest.setTimeout(60_000);

const ORIGIN = 'https://signalbox.example.com';
const RENEWAL = 'POST /api/v1/sessions/current/renewal';
const NOBODYS_ID = '01900000-0000-7000-8000-00000000dead';
/** Cookies that open nothing: which browser a password was typed in, and which began a journey to another issuer. */
const HARMLESS = ['users/guessing/familiar-browsers.ts', 'users/identities/journeys/journey-cookie.ts'];

const whole = await wholeApplication({ SIGNALBOX_PUBLIC_URL: ORIGIN, SIGNALBOX_REGISTRATION: 'open' });
const workspace = await whole.make.workspace().create();
const ada = workspace.owner;
const routes = walkRoutes(whole.app);
afterAll(() => whole.close());

const keyOf = ({ method, path }: Route) => `${method} ${path}`;
const all = routes.map((route) => [keyOf(route), route] as const);
const closed = all.filter(([, { plan }]) => plan.demand.kind !== 'public');
const open = all.filter(([key, { plan }]) => plan.demand.kind === 'public' && key !== RENEWAL);
const changing = all.filter(([, { method, plan }]) => refusesOtherSites(method, plan));

/** A browser that Ada is signed in with: every cookie that it got, and what a page of the console adds. */
async function browser() {
  const payload = { email: ada.email, password: TEST_PASSWORD, transport: 'cookie' };
  const answer = await whole.request('POST', '/api/v1/sessions', { payload });
  const { csrfToken, sessionId } = answer.json<{ csrfToken: string; sessionId: string }>();
  const journey = await whole.request('POST', '/api/v1/sign-in-providers/github/journey', { payload: {} });
  const cookie = [...answer.cookies, ...journey.cookies].map(({ name, value }) => `${name}=${value}`).join('; ');
  return { sessionId, cookie, proofs: { origin: ORIGIN, 'x-csrf-token': csrfToken } };
}
const hers = await browser();

interface Operation {
  parameters?: { name: string }[];
  requestBody?: { content: Record<string, { example?: object }> };
}

function operationOf({ method, path }: Pick<Route, 'method' | 'path'>): Operation | undefined {
  const item = whole.document.paths[path.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
  return item?.[method.toLowerCase()];
}

function send(route: Route, headers: Record<string, string>) {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const ids = Object.fromEntries(names.map((name) => [name, NOBODYS_ID]));
  const path = fill(route.path, { ...ids, workspaceId: workspace.id });
  const example = operationOf(route)?.requestBody?.content['application/json']?.example;
  return whole.request(route.method, path, { headers, ...(example ? { payload: example } : {}) });
}

const replaced = async () =>
  whole.make.sql('select 1 from refresh_token where session_id = $1 and replaced_at is not null', [hers.sessionId]);

describe('a route that needs somebody', () => {
  it.each(closed)('knows nobody by cookies alone, whatever else is sent: %s', async (_, route) => {
    const answer = await send(route, { cookie: hers.cookie, ...hers.proofs });
    expect(answer.statusCode).toBe(401);
  });
});

describe('a route that is open to all', () => {
  it.each(open)('does nothing in the name of whoever the cookies belong to: %s', async (_, route) => {
    const answer = await send(route, { cookie: hers.cookie, ...hers.proofs });
    for (const own of [ada.id, ada.email, hers.sessionId]) expect(answer.body).not.toContain(own);
    expect(answer.cookies.filter(({ name }) => /session|csrf/.test(name))).toEqual([]);
    expect(await replaced()).toEqual([]);
  });

  it.each(changing)('is closed to pages of other sites when it changes something: %s', async (_, route) => {
    const others: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const other of others) {
      const answer = await send(route, { cookie: hers.cookie, ...other });
      expect([answer.statusCode, answer.json().code, answer.cookies]).toEqual([403, 'foreign_origin', []]);
    }
  });

  it('may be sent by other sites only where a mail program does so', () => {
    const anySite = routes.filter(({ plan }) => plan.endpoint.anySite).map(keyOf);
    expect(anySite).toEqual(['POST /api/v1/unsubscriptions/:token']);
  });
});

describe('the one route whose authority may be a cookie', () => {
  it('is the renewal', () => {
    expect(routes.filter(({ plan }) => plan.endpoint.cookieAuthority).map(keyOf)).toEqual([RENEWAL]);
  });

  it('asks for both proofs, and says so in the API document', async () => {
    const { sessionId, cookie, proofs } = await browser();
    const renew = (headers: Record<string, string>) =>
      whole.request('POST', '/api/v1/sessions/current/renewal', { payload: {}, headers: { cookie, ...headers } });
    const { origin, 'x-csrf-token': token } = proofs;
    const refusals: Record<string, string>[] = [
      {},
      { origin },
      { 'x-csrf-token': token },
      { ...proofs, origin: 'https://evil.example' },
    ];
    for (const some of refusals) expect((await renew(some)).statusCode).toBe(403);
    expect((await renew({ ...proofs, 'x-csrf-token': hers.proofs['x-csrf-token'] })).statusCode).toBe(403);
    expect((await renew(proofs)).json()).toMatchObject({ sessionId });
    const { parameters = [] } = operationOf({ method: 'POST', path: '/api/v1/sessions/current/renewal' }) ?? {};
    expect(parameters.map(({ name }) => name)).toContain('X-CSRF-Token');
  });

  it('is served by the one class that reads the cookie of a session', () => {
    const folder = resolve(import.meta.dirname, '../src');
    const readers = globSync('**/*.ts', { cwd: folder })
      .filter((file) => !file.endsWith('.spec.ts'))
      .filter((file) =>
        /headers\.cookie|headers\['cookie'\]|\.cookies\b/.test(readFileSync(join(folder, file), 'utf8')),
      )
      .map((file) => file.replace('modules/', ''));
    expect(readers.sort()).toEqual([...HARMLESS, 'users/sessions/session-cookie.ts'].sort());
  });
});
