import type { z } from 'zod';
import type { Permission } from '#platform/access/index.js';
import type { EndpointOptions } from '../endpoint.js';
import { fieldNames } from '../responses/narrow.js';
import { strict } from '../validation/strict.js';
import type { PartSchemas } from '../validation/bind-schemas.js';

/** What the gate asks of the caller. */
export type Demand =
  { kind: 'public' } | { kind: 'self' } | { kind: 'operator' } | { kind: 'workspace'; permission: Permission };

/** A route's endpoint, worked out once at boot so that a request looks nothing up. */
export interface RoutePlan {
  /** Such as `DealsController.one`; the path of a route that no controller serves. */
  name: string;
  endpoint: EndpointOptions;
  demand: Demand;
  /** Schemas of the parts that no parameter of the handler takes. A part without any schema must be absent. */
  unbound: Partial<Record<keyof PartSchemas, z.ZodType | null>>;
  /** The members that `?fields=` may name, when the endpoint takes it. */
  fields?: ReadonlySet<string>;
}

/**
 * Works out what a route needs.
 *
 * @param unbound the parts that no parameter of the handler takes
 * @throws Error with a sentence for whoever wrote the route
 */
export function planOf(
  name: string,
  path: string,
  endpoint: EndpointOptions,
  unbound: Set<keyof PartSchemas>,
): RoutePlan {
  const plan: RoutePlan = { name, endpoint, demand: demandOf(name, path, endpoint), unbound: {} };
  for (const part of unbound) {
    const schema = endpoint[part];
    if (part === 'params' && !schema) continue;
    if (part === 'body' && (endpoint.multipart || endpoint.rawBody)) continue;
    plan.unbound[part] = schema ? strict(schema) : null;
  }
  if (endpoint.query && 'fields' in endpoint.query.shape && endpoint.response)
    plan.fields = fieldNames(endpoint.response);
  return plan;
}

function demandOf(name: string, path: string, { permission }: EndpointOptions): Demand {
  const inWorkspace = path.split('/').includes(':workspaceId');
  if (permission === 'public' || permission === 'self') {
    if (inWorkspace)
      throw new Error(
        `${name} is "${permission}" but its path names a workspace: ask for a permission of the workspace.`,
      );
    return { kind: permission };
  }
  if (permission === 'instance:operate') return { kind: 'operator' };
  if (!inWorkspace) throw new Error(`${name} asks for "${permission}" but its path ${path} has no ":workspaceId".`);
  return { kind: 'workspace', permission };
}
