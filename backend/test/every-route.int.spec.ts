import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { effectivePermissions, permissions, ROLES, type Permission } from '#platform/access/index.js';
import { RouteTable, type Route } from '#platform/http/index.js';
import { expectGuarded } from './guards.js';
import { bodyFaults, queryFaults } from './route-faults.js';
import { routeRequests, type RouteRequest } from './route-requests.js';
import { fill } from './routes.js';
import { makers, Tenant, type Caller } from './tenants.js';
import { wholeApplication } from './whole-application.js';

jest.setTimeout(60_000);

// Booted while the specs are collected: each route becomes a spec of its own.
const whole = await wholeApplication({ SIGNALBOX_REGISTRATION: 'open' });
const [ours, theirs] = await Promise.all([Tenant.create(whole), Tenant.create(whole)]);
const operator = await whole.make.person().operator().create();
const routes = whole.app.get(RouteTable).all();
afterAll(() => whole.close());

const API = '/api/v1/';
const NOBODYS_ID = '01900000-0000-7000-8000-00000000dead';
const keyOf = ({ method, path }: Route) => `${method} ${path.replace(API, '')}`;
const requestOf = (route: Route): RouteRequest => routeRequests[keyOf(route)] ?? {};
const inWorkspace = (route: Route): Permission | undefined =>
  route.plan.demand.kind === 'workspace' ? route.plan.demand.permission : undefined;
const operationOf = ({ method, path }: Route) => {
  const item = whole.document.paths[path.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
  return item?.[method.toLowerCase()];
};
const succeeds = (route: Route) =>
  requestOf(route).answers ?? route.plan.endpoint.status ?? (route.method === 'POST' ? 201 : 200);
/** Parameters that are words of the product, and so the same for every tenant. */
const WORDS = ['kind'];
const names = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

interface Operation {
  summary?: string;
  'x-permission'?: string;
  parameters?: { name: string; in: string; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, { schema: Record<string, unknown>; example?: object }> };
}

/** Who is let in: an owner, an operator, or whom the table names. */
async function right(route: Route): Promise<Caller | undefined> {
  const { caller } = requestOf(route);
  if (caller) return caller(ours);
  if (route.plan.demand.kind === 'operator') return operator;
  return route.plan.demand.kind === 'public' ? undefined : ours.workspace.owner;
}

/** The path with something real of a tenant behind each parameter. */
async function pathOf(route: Route, tenant: Tenant, caller: Caller, only?: Record<string, string>): Promise<string> {
  const values: Record<string, string> = {};
  for (const name of names(route.path)) {
    const make = requestOf(route).params?.[name] ?? makers[name];
    if (!make) throw new Error(`${keyOf(route)} has a parameter "${name}": give it a maker in tenants.ts.`);
    values[name] = only?.[name] ?? (await make(tenant, caller));
  }
  return fill(route.path, values);
}

/** A body that the route takes. */
async function bodyOf(route: Route, caller: Caller): Promise<object | undefined> {
  const { body } = requestOf(route);
  if (body) return body(ours, caller);
  if (!route.plan.endpoint.body || route.plan.endpoint.multipart) return undefined;
  return operationOf(route)?.requestBody?.content['application/json']?.example;
}

interface Sent {
  as?: Pick<Caller, 'headers'> | undefined;
  path: string;
  body?: object | undefined;
  query?: Record<string, string>;
}

function send(route: Route, { as, path, body, query }: Sent): Promise<LightMyRequestResponse> {
  const request = requestOf(route);
  const search = new URLSearchParams(query ?? request.query).toString();
  const payload = request.payload ?? body;
  const url = search ? `${path}?${search}` : path;
  const headers = { ...as?.headers, ...request.headers };
  return whole.request(route.method, url, { headers, ...(payload === undefined ? {} : { payload }) });
}

/** Sends what the route takes, about something of ours. */
async function sendValid(route: Route, as: Caller | undefined): Promise<LightMyRequestResponse> {
  const caller = as ?? ours.workspace.owner;
  const path = await pathOf(route, ours, caller);
  return send(route, { as, path, body: await bodyOf(route, caller) });
}

/** A refusal that says which, and why in a sentence. */
function expectProblem(answer: LightMyRequestResponse, status: number): void {
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    status,
    expect.stringContaining('application/problem+json'),
  ]);
  expect(answer.json()).toMatchObject({
    status,
    code: expect.stringMatching(/^[a-z_]+$/),
    detail: expect.stringMatching(/[.?]$/),
    requestId: answer.headers['x-request-id'],
  });
  expect(answer.headers['cache-control']).toBe('no-store');
}

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  const permission = inWorkspace(route);
  // The document and the explorer are files beside the API.
  const ofApi = !route.plan.name.startsWith('/');
  const open = route.plan.demand.kind === 'public';
  const { peopleOnly } = requestOf(route);

  it('declares a permission that exists and is documented', () => {
    const declared = route.plan.endpoint.permission;
    expect(['public', 'self', ...Object.keys(permissions)]).toContain(declared);
    expect(route.plan.endpoint.summary).toMatch(/\S/);
    if (ofApi)
      expect(operationOf(route)).toMatchObject({ summary: route.plan.endpoint.summary, 'x-permission': declared });
  });

  it('is carried out for who may', async () => {
    const answer = await sendValid(route, await right(route));
    const unexpected = answer.statusCode >= 400 && answer.statusCode !== succeeds(route);
    expect([answer.statusCode, unexpected ? answer.body : '']).toEqual([succeeds(route), '']);
    expectGuarded(answer.headers);
    // Secrets that are shown once, and whatever else belongs to somebody, are not to lie in a cache.
    if (ofApi || route.plan.endpoint.oneTimeSecret) expect(answer.headers['cache-control']).toBe('no-store');
  });

  if (!open)
    it('answers 401 to nobody and to a token that is none', async () => {
      expectProblem(await sendValid(route, undefined), 401);
      const forged = { id: operator.id, headers: { authorization: `Bearer ${operator.token.slice(0, -4)}AAAA` } };
      const answer = await send(route, { as: forged, path: await pathOf(route, ours, ours.workspace.owner) });
      expectProblem(answer, 401);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    });

  if (route.plan.demand.kind === 'operator')
    it('answers 403 to an owner who is no operator, and to a key of an operator', async () => {
      expectProblem(await sendValid(route, ours.workspace.owner), 403);
      const workspace = await whole.make.workspace().ownedBy(operator).create();
      expectProblem(await sendValid(route, await whole.make.apiKey(workspace, operator).create()), 403);
    });

  if (route.plan.demand.kind === 'self')
    it('answers 403 to a key', async () => {
      expectProblem(await sendValid(route, await ours.key(['deals:read'])), 403);
    });

  if (permission) {
    it.each(ROLES)('lets a role in that holds the permission, and answers 403 to another: %s', async (role) => {
      const answer = await sendValid(route, ours.people[role]);
      if (effectivePermissions(role).has(permission)) expect(answer.statusCode).toBe(succeeds(route));
      else expectProblem(answer, 403);
    });

    it('answers 404 to somebody of another workspace, an operator included', async () => {
      for (const as of [theirs.workspace.owner, operator]) {
        const path = await pathOf(route, ours, ours.workspace.owner);
        expectProblem(await send(route, { as, path, body: await bodyOf(route, as) }), 404);
      }
    });

    it('answers 404 to a key of another workspace', async () => {
      const as = await theirs.key(Object.keys(permissions) as Permission[]);
      const path = await pathOf(route, ours, ours.workspace.owner);
      expectProblem(await send(route, { as, path, body: await bodyOf(route, as) }), 404);
    });

    it('answers 403 to a key without the scope, and takes one with it unless it is for people', async () => {
      const others = (Object.keys(permissions) as Permission[]).filter((p) => p !== permission);
      expectProblem(await sendValid(route, await ours.key(others)), 403);
      const answer = await sendValid(route, await ours.key([permission, ...(requestOf(route).also ?? [])]));
      expect(answer.statusCode).toBe(peopleOnly ? 403 : succeeds(route));
    });
  }

  if (permission && names(route.path).filter((name) => !WORDS.includes(name)).length > 1)
    it("answers 404 to another tenant's ids in one's own workspace, and leaves them alone", async () => {
      const as = ours.workspace.owner;
      const path = await pathOf(route, theirs, theirs.workspace.owner, { workspaceId: ours.workspace.id });
      expectProblem(await send(route, { as, path, body: await bodyOf(route, as) }), 404);
      const own = await send(route, {
        as: theirs.workspace.owner,
        path: path.replace(ours.workspace.id, theirs.workspace.id),
        body: await bodyOf(route, theirs.workspace.owner),
      });
      expect(own.statusCode).toBe(succeeds(route));
    });

  if (names(route.path).some((name) => name !== 'workspaceId' && name !== 'token'))
    it('answers 404 to an id that nobody has, and 400 to one that is none', async () => {
      const as = await right(route);
      const { strange } = requestOf(route);
      const given = (id: string, others?: Record<string, string>) =>
        fill(route.path, {
          ...Object.fromEntries(names(route.path).map((name) => [name, id])),
          workspaceId: ours.workspace.id,
          ...others,
        });
      const body = await bodyOf(route, as ?? ours.workspace.owner);
      expectProblem(await send(route, { as, path: given(NOBODYS_ID, strange?.absent), body }), 404);
      if (strange && !strange.malformed) return;
      expectProblem(await send(route, { as, path: given('no-id', strange?.malformed), body }), 400);
    });

  if (ofApi) {
    it('refuses a body that its schema does not describe, naming the field', async () => {
      const as = await right(route);
      const caller = as ?? ours.workspace.owner;
      const path = await pathOf(route, ours, caller);
      const valid = await bodyOf(route, caller);
      const schema = operationOf(route)?.requestBody?.content['application/json']?.schema;
      for (const { what, body, field } of bodyFaults(route, schema, valid, whole.document)) {
        const answer = await send(route, { as, path, body });
        expect([what, answer.statusCode]).toEqual([what, 400]);
        expectProblem(answer, 400);
        const paths = answer.json<{ errors: { path: string }[] }>().errors.map((error) => error.path);
        expect([what, paths.some((at) => at.startsWith(field))]).toEqual([what, true]);
      }
    });

    it('refuses a query that its schema does not describe, naming the parameter', async () => {
      const as = await right(route);
      const path = await pathOf(route, ours, as ?? ours.workspace.owner);
      const body = await bodyOf(route, as ?? ours.workspace.owner);
      const parameters = (operationOf(route)?.parameters ?? []).filter((parameter) => parameter.in === 'query');
      for (const { what, name, value } of queryFaults(parameters)) {
        const query = { ...requestOf(route).query, [name]: value };
        const answer = await send(route, { as, path, body, query });
        expect([what, answer.statusCode]).toEqual([what, 400]);
        expect(answer.json()).toMatchObject({ errors: [expect.objectContaining({ path: `/query/${name}` })] });
      }
    });
  }
});

describe('the table of requests', () => {
  it('names no route that is gone', () => {
    const keys = new Set(routes.map(keyOf));
    expect(Object.keys(routeRequests).filter((key) => !keys.has(key))).toEqual([]);
  });

  it('makes no parameter that no route has', () => {
    const used = new Set(routes.flatMap((route) => names(route.path)));
    expect(Object.keys(makers).filter((name) => !used.has(name))).toEqual([]);
  });
});
