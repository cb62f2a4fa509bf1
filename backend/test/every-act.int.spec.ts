import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { RouteTable, type Route } from '#platform/http/index.js';
import { routeRequests, type RouteRequest } from './route-requests.js';
import { fill } from './routes.js';
import { makers, Tenant, type Caller } from './tenants.js';
import { wholeApplication } from './whole-application.js';

jest.setTimeout(60_000);

/** Routes that leave no event though they are no GET, and why that is right. */
const SILENT: Record<string, string> = {
  'POST registrations': 'answered before anybody looks for the address; the job records user.registered',
  'POST email-verifications': 'answered before anybody looks for the address; using the link is recorded',
  'POST password-resets':
    'answered before anybody looks for the address; the job records user.password_reset_requested',
  'POST account-unlocks': 'answered before anybody looks for the address; using the link is recorded',
  'POST password-strength': 'tells how hard a password is to guess, and keeps nothing',
  'POST sessions/current/renewal':
    'goes on with a session that is recorded; a token that is used again ends it, which is recorded too',
  'POST sessions/passkey-challenge': 'asks for a challenge; what is done with it is recorded',
  'POST sessions/current/reauthentication/passkey-challenge': 'asks for a challenge; what is done with it is recorded',
  'POST me/passkeys/challenge': 'asks for a challenge; the passkey that is made with it is recorded',
  'POST me/totp': 'begins to set an authenticator app up; it guards nothing until it is confirmed, which is recorded',
  'DELETE me/totp': 'removes an app that guards nothing yet; removing a confirmed one is recorded (totp.int.spec)',
  'POST me/identities/journey': 'sends somebody to another issuer; what they come back with is recorded',
  'POST sign-in-providers/:providerId/journey':
    'sends somebody to another issuer; what they come back with is recorded',
  'POST invitations/preview': 'shows the holder of a link what it invites to; accepting it is recorded',
  'PUT workspaces/:workspaceId/second-factor-policy':
    'asks for what is so already; a policy that changes is recorded (policy.int.spec)',
  'POST workspaces/:workspaceId/sources/:sourceId/test': 'tries whether a source can be reached, and changes nothing',
  'POST workspaces/:workspaceId/channels/:channelId/tests': 'sends a test message, and changes nothing',
  'POST me/channels/:channelId/tests': 'sends a test message, and changes nothing',
  'POST me/push-devices/:deviceId/tests': 'sends a test message, and changes nothing',
  'POST webhook-inboxes/:inboxToken': 'keeps what a stranger posted for somebody to look at; it is no act of anybody',
  'PUT webhook-inboxes/:inboxToken': 'keeps what a stranger sent for somebody to look at; it is no act of anybody',
  'DELETE webhook-inboxes/:inboxToken': 'keeps what a stranger sent for somebody to look at; it is no act of anybody',
  'GET webhook-inboxes/:inboxToken': 'keeps what a stranger sent for somebody to look at; it is no act of anybody',
  'PATCH webhook-inboxes/:inboxToken': 'keeps what a stranger sent for somebody to look at; it is no act of anybody',
  'POST workspaces/:workspaceId/subscription-previews': 'shows what a filter would find, and keeps nothing',
};
/** Routes that take back what another one does, which is done first. */
const TAKING_BACK: Record<string, (path: string, caller: Caller) => Promise<unknown>> = {
  'DELETE workspaces/:workspaceId/sources/:sourceId/pause': (path, { headers }) =>
    whole.request('POST', path, { headers }),
  'DELETE workspaces/:workspaceId/members/:userId/suspension': (path, { headers }) =>
    whole.request('POST', path, { headers }),
  'DELETE workspaces/:workspaceId/service-accounts/:serviceAccountId/suspension': (path, { headers }) =>
    whole.request('POST', path, { headers }),
  'DELETE instance/workspaces/:workspaceId/suspension': (path, { headers }) =>
    whole.request('PUT', path, { headers, payload: { mode: 'read_only', reason: null } }),
  'DELETE instance/workspaces/:workspaceId/plan': (path, { headers }) =>
    whole.request('PUT', path, { headers, payload: { plan: 'unlimited' } }),
  'DELETE workspaces/:workspaceId/subscriptions/:subscriptionId/participation': (path, { headers }) =>
    whole.request('PUT', path, { headers }),
  'DELETE sessions': async (_, caller) => makers['sessionId']?.(ours, caller),
};
/** Routes whose caller is known by a mailed link alone; the event names the person, not the request. */
const BY_LINK: Record<string, string> = { 'POST unsubscriptions/:token': 'subscription.updated' };
/** Reads that show a secret, or hand out what should be known to have been taken. */
const TELLING = [
  'GET webhook-inboxes/:inboxToken',
  'GET preview-mailbox/:mailId',
  'GET me/exports/:exportId/archive',
  'GET workspaces/:workspaceId/messages/:messageId/raw',
  'GET workspaces/:workspaceId/audit-export',
  'GET audit-export',
];

const whole = await wholeApplication({ SIGNALBOX_REGISTRATION: 'open' });
const ours = await Tenant.create(whole);
const operator = await whole.make.person().operator().create();
const routes = whole.app.get(RouteTable).all();
afterAll(() => whole.close());

const keyOf = ({ method, path }: Route) => `${method} ${path.replace('/api/v1/', '')}`;
const requestOf = (route: Route): RouteRequest => routeRequests[keyOf(route)] ?? {};
const acts = routes
  .filter((route) => route.method !== 'GET' || TELLING.includes(keyOf(route)))
  // What this application can only refuse changes nothing.
  .filter((route) => (requestOf(route).answers ?? 200) < 400);

async function callerOf(route: Route): Promise<Caller | undefined> {
  const { caller } = requestOf(route);
  if (caller) return caller(ours);
  if (route.plan.demand.kind === 'operator') return operator;
  return route.plan.demand.kind === 'public' ? undefined : ours.workspace.owner;
}

async function pathOf(route: Route, caller: Caller): Promise<string> {
  const values: Record<string, string> = {};
  for (const [, name = ''] of route.path.matchAll(/:(\w+)/g))
    values[name] = (await (requestOf(route).params?.[name] ?? makers[name])?.(ours, caller)) ?? '';
  return fill(route.path, values);
}

/** The body that the table has, or the example of the API document. */
async function bodyOf(route: Route, caller: Caller): Promise<object | undefined> {
  const { body } = requestOf(route);
  if (body) return body(ours, caller);
  if (!route.plan.endpoint.body || route.plan.endpoint.multipart) return undefined;
  const item = whole.document.paths[route.path.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation>;
  return item[route.method.toLowerCase()]?.requestBody?.content['application/json']?.example;
}

interface Operation {
  requestBody?: { content: Record<string, { example?: object }> };
}

interface Left {
  type: string;
  actor: { kind: string; id: string | null; userId: string | null };
}

/** What a request left in the log, sealed or not yet. */
const leftBy = (requestId: string) =>
  whole.make.sql<Left>(`select type, actor from ${ALL} where actor->>'requestId' = $1 order by id`, [requestId]);

const ALL = '(select id, type, actor from outbox union select id, type, actor from event) e';
const newest = async () =>
  (await whole.make.sql<{ id: string }>(`select id from ${ALL} order by id desc limit 1`, []))[0]?.id;
const since = (id?: string) => whole.make.sql<Left>(`select type, actor from ${ALL} where id > $1 order by id`, [id]);

/** Carries a route out, as every-route.int.spec shows that it can be. @returns what it left */
async function act(route: Route, method = route.method): Promise<{ caller: Caller | undefined; left: Left[] }> {
  const caller = await callerOf(route);
  const as = caller ?? ours.workspace.owner;
  const request = requestOf(route);
  const path = await pathOf(route, as);
  const search = new URLSearchParams(request.query).toString();
  const payload = request.payload ?? (await bodyOf(route, as));
  await TAKING_BACK[keyOf(route)]?.(path, as);
  const known = await newest();
  const answer = await whole.request(method, search ? `${path}?${search}` : path, {
    headers: { ...caller?.headers, ...request.headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const refused = method === 'HEAD' && route.plan.endpoint.getOnly;
  if (refused) expect(answer.headers).toMatchObject({ allow: 'GET', 'cache-control': 'no-store' });
  const best = refused ? 405 : (request.answers ?? route.plan.endpoint.status ?? (route.method === 'POST' ? 201 : 200));
  expect([answer.statusCode, answer.statusCode === best ? '' : answer.body]).toEqual([best, '']);
  const byLink = BY_LINK[keyOf(route)];
  if (byLink) return { caller, left: (await since(known)).filter(({ type }) => type === byLink) };
  return { caller, left: await leftBy(String(answer.headers['x-request-id'])) };
}

describe.each(acts.map((route) => [keyOf(route), route] as const))('%s', (key, route) => {
  const silent = SILENT[key];
  it(silent ? `leaves no event: ${silent}` : 'leaves an event by its actor', async () => {
    const { caller, left } = await act(route);
    if (silent) return expect(left).toEqual([]);
    expect(left.map(({ type }) => type)).not.toEqual([]);
    if (caller) expect(left.map(({ actor }) => actor.id)).toContain(caller.id);
  });
});

describe.each(routes.filter(({ method }) => method === 'GET').map((route) => [keyOf(route), route] as const))(
  '%s',
  (key, route) => {
    it(route.plan.endpoint.getOnly ? 'is refused to HEAD, which leaves no event' : 'leaves no event', async () => {
      expect((await act(route, 'HEAD')).left).toEqual([]);
      if (!TELLING.includes(key)) expect((await act(route)).left).toEqual([]);
    });
  },
);

describe('the reads that are acts', () => {
  it('are for GET only, and so is whatever counts as an export', () => {
    const only = routes.filter(({ plan }) => plan.endpoint.getOnly);
    expect(only.map(keyOf).sort()).toEqual([...TELLING].sort());
    const exports = routes.filter(({ method, plan }) => method === 'GET' && plan.endpoint.rateClass === 'export');
    expect(exports.filter((route) => !only.includes(route)).map(keyOf)).toEqual([]);
  });
});

describe('the routes that leave no event', () => {
  it('are all there, and each has a reason', () => {
    const keys = new Set(acts.map(keyOf));
    const named = [SILENT, TAKING_BACK, BY_LINK].flatMap((table) => Object.keys(table));
    expect([...named, ...TELLING].filter((key) => !keys.has(key))).toEqual([]);
    for (const reason of Object.values(SILENT)) expect(reason).toMatch(/^[a-z].{20,}/);
  });
});
