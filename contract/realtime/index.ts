export { commands, headSchema, placeSchema, serverMessages, SOCKET_PATH, socketProblem } from './messages.js';
export type {
  Answer,
  ClientToServer,
  CommandAnswer,
  CommandBody,
  CommandName,
  ServerMessage,
  ServerMessageName,
  ServerToClient,
  SocketProblem,
} from './messages.js';
