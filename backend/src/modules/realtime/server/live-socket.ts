import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { ClientToServer, ServerToClient, SocketProblem } from '#contract/realtime/index.js';
import type { Standing, StandingCredential } from '#platform/access/index.js';
import type { LogHead } from '#platform/event-log/index.js';

/** What the server remembers of a socket. The handshake sets it; a socket that is connected has it all. */
export interface SocketState {
  credential: StandingCredential;
  standing: Standing;
  /** Where the log stood at the handshake. */
  head: LogHead;
}

export type LiveSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketState>;
export type LiveServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketState>;

/** Says why, and closes the connection. It is in no room from here on, however slowly the other side closes. */
export function end(socket: LiveSocket, why: SocketProblem): void {
  socket.emit('ended', why);
  socket.disconnect(true);
}
