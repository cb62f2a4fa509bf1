import { z } from 'zod';

/** Where sockets are served. Only WebSockets are: several processes need no sticky sessions then. */
export const SOCKET_PATH = '/ws';

/** Why something was refused or ended. `code` never changes its meaning; `detail` is a sentence for a person. */
export const socketProblem = z.object({ code: z.string(), detail: z.string() });

/** Where the log stands. Positions of another epoch mean other events. */
export const headSchema = z.object({ position: z.int().nonnegative(), epoch: z.string() });

/** Where somebody belongs now, with their role there. */
export const placeSchema = z.object({ id: z.uuid(), role: z.enum(['owner', 'admin', 'member', 'viewer', 'custom']) });

/** When the access token of a session ends, and with it the socket; null where only what it stands for can end. */
const expiresAt = z.iso.datetime().nullable();

/**
 * What clients ask of the server. Each command has one body and is acknowledged: with its answer and `ok: true`, or with
 * `ok: false` and a problem.
 */
export const commands = {
  /** Goes on with a new access token of the same session, before the old one ends. */
  renew: { body: z.strictObject({ token: z.string().min(1).max(2048) }), answer: z.object({ expiresAt }) },
  /** Where the log stands now. */
  head: { body: z.strictObject({}).optional(), answer: headSchema },
} as const;

/** What the server tells by itself. */
export const serverMessages = {
  /** The first one: where the log stands, what the server placed the socket in, how often it will be heard of. */
  hello: headSchema.extend({ expiresAt, heartbeatMs: z.int().positive(), workspaces: z.array(placeSchema) }),
  /** Where the log stands, every while: a quiet socket is not far behind, and not dead. */
  heartbeat: headSchema,
  /** The workspaces of a socket, whenever they or the roles in them changed. */
  workspaces: z.object({ workspaces: z.array(placeSchema) }),
  /** What was wrong with a message that wanted no acknowledgement; `message` is its name. */
  problem: socketProblem.extend({ message: z.string() }),
  /** The last one: why the server ends the socket. */
  ended: socketProblem,
} as const;

export type SocketProblem = z.infer<typeof socketProblem>;
export type CommandName = keyof typeof commands;
export type CommandBody<N extends CommandName> = z.infer<(typeof commands)[N]['body']>;
export type CommandAnswer<N extends CommandName> = z.infer<(typeof commands)[N]['answer']>;
/** An acknowledgement. */
export type Answer<T> = ({ ok: true } & T) | { ok: false; problem: SocketProblem };
export type ServerMessageName = keyof typeof serverMessages;
export type ServerMessage<N extends ServerMessageName> = z.infer<(typeof serverMessages)[N]>;

/** The commands as Socket.IO types them. */
export type ClientToServer = {
  [N in CommandName]: (body: CommandBody<N>, answer: (answer: Answer<CommandAnswer<N>>) => void) => void;
};
/** The server's messages as Socket.IO types them. */
export type ServerToClient = { [N in ServerMessageName]: (message: ServerMessage<N>) => void };
