// The ways into an instance: the routes. Messages of sockets are further ones (see `socket-messages.ts`).
import type { LightMyRequestResponse } from 'fastify';
import { RouteTable, type Route } from '#platform/http/index.js';
import type { TestPerson } from '../factories.js';
import { routeRequests } from '../route-requests.js';
import { fill } from '../routes.js';
import { makers, type Caller, type Tenant } from '../tenants.js';
import type { WholeApplication } from '../whole-application.js';
import type { EntrancePermission, Outcome } from './declared.js';

/** Sends what was prepared, as somebody or as nobody. @returns which outcome it was, or a sentence on what else */
export type Knock = (as: Pick<Caller, 'headers'> | undefined) => Promise<Outcome | string>;

/** A way in: something that somebody can send, and that is carried out or refused. */
export interface Entrance {
  /** What its row is found by, such as `GET workspaces/:workspaceId/deals`. */
  readonly name: string;
  /** What the code says that it asks for. */
  readonly permission: EntrancePermission;
  /** True when no key may use it, whatever its scopes. */
  readonly peopleOnly: boolean;
  /** False for what only reads: what was prepared for it can be sent again. */
  readonly changes: boolean;
  /** Somebody whom it uses up, or who must be in a certain state; anybody else may use it where absent. */
  readonly usesUp?: (tenant: Tenant) => Promise<TestPerson>;
  /** Makes what it is about in a workspace, for a caller who shall find it. */
  prepare(tenant: Tenant, caller: Caller): Promise<Knock>;
}

/** Refusals that say that the caller may not, rather than what is wrong with what they sent. */
export const REFUSALS: Record<string, Outcome> = {
  unauthenticated: 'unknown caller',
  forbidden: 'forbidden',
  member_suspended: 'forbidden',
  address_not_allowed: 'forbidden',
  target_hidden: 'forbidden',
  not_found: 'not found',
};
const EXPECTED_STATUS: Partial<Record<Outcome, number>> = { 'unknown caller': 401, forbidden: 403, 'not found': 404 };

interface Operation {
  requestBody?: { content: Record<string, { example?: object }> };
}

/** Every route of the application, the document and the explorer included. */
export function routeEntrances(whole: WholeApplication): Entrance[] {
  return whole.app
    .get(RouteTable)
    .all()
    .map((route) => entranceOf(whole, route));
}

/** The name of a route in the tables of specs. */
export function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path.replace('/api/v1/', '')}`;
}

function entranceOf(whole: WholeApplication, route: Route): Entrance {
  const name = nameOf(route);
  const request = routeRequests[name] ?? {};
  const { endpoint } = route.plan;
  const item = whole.document.paths[route.path.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
  const example = item?.[route.method.toLowerCase()]?.requestBody?.content['application/json']?.example;
  return {
    name,
    permission: endpoint.permission,
    peopleOnly: request.peopleOnly ?? false,
    changes: route.method !== 'GET',
    ...(request.caller ? { usesUp: request.caller } : {}),
    async prepare(tenant, caller) {
      const values: Record<string, string> = {};
      for (const [, parameter = ''] of route.path.matchAll(/:(\w+)/g)) {
        const make = request.params?.[parameter] ?? makers[parameter];
        if (!make) throw new Error(`${name} has a parameter "${parameter}": give it a maker in tenants.ts.`);
        values[parameter] = await make(tenant, caller);
      }
      const search = new URLSearchParams(request.query).toString();
      const url = fill(route.path, values) + (search && `?${search}`);
      const taken = endpoint.body && !endpoint.multipart ? example : undefined;
      const payload = request.payload ?? (request.body ? await request.body(tenant, caller) : taken);
      return async (as) => {
        const headers = { ...as?.headers, ...request.headers };
        const answer = await whole.request(route.method, url, {
          headers,
          ...(payload === undefined ? {} : { payload }),
        });
        return outcomeOf(route, answer, request.answers);
      };
    },
  };
}

/** Success and what the endpoint documents to refuse mean that the caller came through. */
function outcomeOf({ plan }: Route, answer: LightMyRequestResponse, best?: number): Outcome | string {
  const { statusCode, body } = answer;
  if (statusCode < 400 || statusCode === best) return 'allowed';
  const { code = '' } = answer.headers['content-type']?.toString().includes('json')
    ? answer.json<{ code?: string }>()
    : {};
  // Whoever may finds what was made for them: that it is not there means that it is hidden.
  const refusal = REFUSALS[code] ?? (statusCode === 404 ? 'not found' : undefined);
  if (refusal) return EXPECTED_STATUS[refusal] === statusCode ? refusal : `${code} with status ${statusCode}`;
  const documented = plan.endpoint.errors?.some((error) => error.code === code && error.status === statusCode);
  return documented ? 'allowed' : `${statusCode} ${body}`;
}
