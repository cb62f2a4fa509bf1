export { commands, headSchema, placeSchema, serverMessages, socketProblem, toldEvent } from './messages.js';
export { SOCKET_PATH } from './path.js';
export type {
  Answer,
  ClientToServer,
  CommandAnswer,
  CommandBody,
  CommandName,
  ResetReason,
  ServerMessage,
  ServerMessageName,
  ServerToClient,
  SocketProblem,
  ToldEvent,
} from './messages.js';
