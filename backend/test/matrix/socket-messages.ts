// The messages that sockets take, found by themselves: one that is no entrance of the matrix fails it, as a route does that
// has no row.
import type { ModulesContainer } from '@nestjs/core';
import { MESSAGE_MAPPING_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import type { SocketProblem } from '#contract/realtime/index.js';
import { commandPermissions, RealtimeGateway } from '#modules/realtime/index.js';
import { askAnything, newSocket } from '../sockets.js';
import type { Caller } from '../tenants.js';
import type { WholeApplication } from '../whole-application.js';
import type { Outcome } from './declared.js';
import { type Entrance, REFUSALS } from './entrance.js';

/** What is sent with each message: something that is right for the caller. */
const BODIES: Record<string, (token: string) => object> = {
  renew: (token) => ({ token }),
  head: () => ({}),
};

/** Every message of the gateway, sent over a socket of the caller: refused at its handshake, or by its acknowledgement. */
export function messageEntrances(whole: WholeApplication): Entrance[] {
  return [...commandPermissions(whole.app.get(RealtimeGateway))].map(([name, permission]) => ({
    name: `MESSAGE ${name}`,
    permission,
    peopleOnly: false,
    changes: false,
    prepare: async () => (as) => send(whole.url, name, as),
  }));
}

async function send(url: string, name: string, as: Pick<Caller, 'headers'> | undefined): Promise<Outcome | string> {
  const body = BODIES[name];
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

const outcomeOf = ({ code, detail }: SocketProblem) => REFUSALS[code] ?? `${code}: ${detail}`;

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
