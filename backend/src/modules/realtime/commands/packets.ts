import type { SocketProblem } from '#contract/realtime/index.js';
import type { LiveSocket } from '../server/live-socket.js';
import type { CommandPermission } from './socket-command.js';

const MAX_NAME = 100;

/**
 * Stands before every message of a socket: lets through what is a command with a body at most and an acknowledgement, from
 * somebody who may send it. Everything else is told so, and goes no further.
 */
export function packets(socket: LiveSocket, permissions: ReadonlyMap<string, CommandPermission>) {
  return ([name, ...values]: unknown[], next: () => void): void => {
    const last = values.at(-1);
    const problem = wrong(socket, permissions, name, values);
    if (!problem) return next();
    if (typeof last === 'function') (last as (answer: object) => void)({ ok: false, problem });
    else socket.emit('problem', { ...problem, message: String(name).slice(0, MAX_NAME) });
  };
}

function wrong(
  { data }: LiveSocket,
  permissions: ReadonlyMap<string, CommandPermission>,
  name: unknown,
  values: unknown[],
): SocketProblem | undefined {
  const permission = typeof name === 'string' ? permissions.get(name) : undefined;
  if (!permission) return { code: 'unknown_message', detail: 'No message of this name is taken.' };
  if (typeof values.at(-1) !== 'function')
    return { code: 'no_acknowledgement', detail: 'A command needs an acknowledgement to be answered by.' };
  if (values.length > 2) return { code: 'validation_failed', detail: 'A command takes one body and nothing else.' };
  if (permission === 'self' && data.credential.actor.kind !== 'user')
    return { code: 'forbidden', detail: 'This is for signed-in people; an API key cannot do it.' };
  return undefined;
}
