// The messages that sockets take, found by themselves: one that is no entrance of the matrix fails it, as a route does that
// has no row.
import type { ModulesContainer } from '@nestjs/core';
import { MESSAGE_MAPPING_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import type { SocketProblem } from '#contract/realtime/index.js';
import { commandPermissions, RealtimeGateway } from '#modules/realtime/index.js';
import { askAnything, newSocket } from '../sockets.js';
import { FilterTargets } from '#platform/filters/index.js';
import type { Caller, Tenant } from '../tenants.js';
import type { WholeApplication } from '../whole-application.js';
import type { EntrancePermission, Outcome } from './declared.js';
import { type Entrance, REFUSALS } from './entrance.js';

type Body = (token: string, tenant: Tenant) => object;

/** What is sent with each message: something that is right for the caller. */
const BODIES: Record<string, Body> = {
  renew: (token) => ({ token }),
  head: () => ({}),
  watch: (_, { workspace }) => ({ workspaceId: workspace.id }),
  unwatch: () => ({ watch: 'w1' }),
  enter: (_, { workspace }) => ({ workspaceId: workspace.id, page: 'deals' }),
  leave: (_, { workspace }) => ({ workspaceId: workspace.id, page: 'deals' }),
  typing: (_, { workspace }) => ({ workspaceId: workspace.id, page: 'deals' }),
};

/** Messages that no key may send. */
const PEOPLE_ONLY = new Set(['enter', 'typing']);

/** Every message of the gateway, sent over a socket of the caller: refused at its handshake, or by its acknowledgement. */
export function messageEntrances(whole: WholeApplication): Entrance[] {
  return [...commandPermissions(whole.app.get(RealtimeGateway))].flatMap(([name, permission]) => {
    if (permission !== 'target') return [entrance(whole, name, name, permission, BODIES[name])];
    // What it asks for is what its target does: `activity` where none is named, and each of the others.
    return whole.app
      .get(FilterTargets)
      .all()
      .map((target) => {
        const body: Body = (token, tenant) => ({ ...BODIES[name]?.(token, tenant), target: target.name });
        const known = target.name === 'activity' ? name : `${name} ${target.name}`;
        return entrance(whole, known, name, target.permission, body);
      });
  });
}

function entrance(
  { url }: WholeApplication,
  known: string,
  name: string,
  permission: EntrancePermission,
  body: Body | undefined,
): Entrance {
  return {
    name: `MESSAGE ${known}`,
    permission,
    peopleOnly: PEOPLE_ONLY.has(name),
    changes: false,
    prepare: async (tenant) => (as) => send(url, name, body && ((token) => body(token, tenant)), as),
  };
}

async function send(
  url: string,
  name: string,
  body: ((token: string) => object) | undefined,
  as: Pick<Caller, 'headers'> | undefined,
): Promise<Outcome | string> {
  if (!body) return `There is nothing to send with "${name}": give it a body in socket-messages.ts.`;
  const token = as?.headers.authorization.replace('Bearer ', '');
  const socket = newSocket(url, token);
  try {
    const refused = await new Promise<SocketProblem | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('connect_error', (error) =>
        resolve((error as Error & { data?: SocketProblem }).data ?? { code: 'connection', detail: error.message }),
      );
    });
    if (refused) return outcomeOf(refused);
    const answer = await askAnything(socket, name, body(token ?? ''));
    return answer.ok ? 'allowed' : outcomeOf(answer.problem);
  } finally {
    socket.disconnect();
  }
}

/** Refusals of those who may, but have not done what comes before. */
const LET_IN = new Set(['not_on_page']);

const outcomeOf = ({ code, detail }: SocketProblem) =>
  LET_IN.has(code) ? 'allowed' : (REFUSALS[code] ?? `${code}: ${detail}`);

/** The messages that gateways handle, such as `MESSAGE deals.watch`: the names of their entrances. */
export function socketMessages(modules: Pick<ModulesContainer, 'values'>): string[] {
  const types = [...modules.values()].flatMap(({ providers }) =>
    [...providers.values()].flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype] : [])),
  );
  return types.flatMap((type) => {
    const prototype = (type as { prototype?: object }).prototype ?? {};
    return Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }: PropertyDescriptor) => {
      if (typeof value !== 'function' || !Reflect.hasMetadata(MESSAGE_MAPPING_METADATA, value as object)) return [];
      return [`MESSAGE ${String(Reflect.getMetadata(MESSAGE_METADATA, value as object))}`];
    });
  });
}
