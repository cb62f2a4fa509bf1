export { CommandRefused } from './commands.js';
export type { ConnectionState } from './connection-state.js';
export { LiveClient } from './live-client.js';
export type { LiveClientOptions } from './live-client.js';
export type { PageListener } from './page-visit.js';
export type { ClientSocket, OpenSocket } from './socket.js';
export type { WatchListener, WatchPlace } from './watching.js';
