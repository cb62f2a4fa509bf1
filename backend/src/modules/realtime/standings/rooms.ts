import type { ServerMessage } from '#contract/realtime/index.js';
import type { LiveSocket } from '../server/live-socket.js';

/** The room of a person's own sessions; API keys are not in it, for what is a person's alone is not theirs. */
export const personRoom = (userId: string) => `person:${userId}`;
/** The room of everybody who belongs to a workspace now. */
export const workspaceRoom = (workspaceId: string) => `workspace:${workspaceId}`;

/** Where a socket belongs, as clients are told. */
export function placesOf({ data }: LiveSocket): ServerMessage<'workspaces'>['workspaces'] {
  return [...data.standing.workspaces].map(([id, { role }]) => ({ id, role }));
}

/** The rooms that a socket's standing decides on; others are for whoever put it there. */
const STANDING = /^(?:person|workspace):/;

/** Puts a socket into the rooms of its standing, and out of all others of that kind. */
export function place(socket: LiveSocket): void {
  const { actor } = socket.data.credential;
  const rooms = new Set([...socket.data.standing.workspaces.keys()].map(workspaceRoom));
  if (actor.kind === 'user') rooms.add(personRoom(actor.id));
  for (const room of socket.rooms) if (STANDING.test(room) && !rooms.has(room)) void socket.leave(room);
  void socket.join([...rooms].filter((room) => !socket.rooms.has(room)));
}
