export {
  commands,
  headSchema,
  inboxItem,
  MOST_NAMED,
  placeSchema,
  serverMessages,
  socketProblem,
  toldEvent,
  unreadCounts,
} from './messages.js';
export { SOCKET_PATH } from './path.js';
export type {
  Answer,
  ClientToServer,
  CommandAnswer,
  CommandBody,
  CommandName,
  InboxItem,
  ResetReason,
  ServerMessage,
  ServerMessageName,
  ServerToClient,
  SocketProblem,
  ToldEvent,
  UnreadCounts,
} from './messages.js';
