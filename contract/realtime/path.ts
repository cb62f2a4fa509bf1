/** Where sockets are served. Only WebSockets are: several processes need no sticky sessions then. */
export const SOCKET_PATH = '/ws';
