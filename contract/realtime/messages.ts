import { z } from 'zod';

/**
 * Why something was refused or ended. `code` never changes its meaning; `detail` is a sentence for a person. Of a filter that
 * is wrong it also says where (UTF-16 code units, `end` exclusive), what would be right, and what may have been meant.
 */
export const socketProblem = z.object({
  code: z.string(),
  detail: z.string(),
  position: z.object({ start: z.int().nonnegative(), end: z.int().nonnegative() }).optional(),
  expected: z.string().optional(),
  suggestion: z.string().optional(),
});

/** Where the log stands. Positions of another epoch mean other events. */
export const headSchema = z.object({ position: z.int().nonnegative(), epoch: z.string() });

/** Where somebody belongs now, with their role there. */
export const placeSchema = z.object({ id: z.uuid(), role: z.enum(['owner', 'admin', 'member', 'viewer', 'custom']) });

/** When the access token of a session ends, and with it the socket; null where only what it stands for can end. */
const expiresAt = z.iso.datetime().nullable();

/** Names a watch of a socket; the server gives it. */
const watch = z.string().min(1).max(40);
const position = z.int().nonnegative();

/** An event as those who may see it are told. */
export const toldEvent = z.object({
  id: z.uuid(),
  position,
  type: z.string(),
  version: z.int().positive(),
  workspaceId: z.uuid(),
  scope: z.object({ kind: z.enum(['workspace', 'project', 'user']), id: z.uuid().nullable() }),
  subject: z.object({ type: z.string(), id: z.uuid() }),
  actor: z.object({ kind: z.string(), id: z.string().nullable(), userId: z.string().nullable() }),
  data: z.record(z.string(), z.unknown()),
  occurredAt: z.iso.datetime(),
});

/** Which events a watch is for, and from where on. */
const watchBody = z.strictObject({
  workspaceId: z.uuid(),
  /** A target of the filter language: `activity` is every event that one may be told of. */
  target: z.string().min(1).max(50).default('activity'),
  filter: z.string().max(4000).default(''),
  /** Of these types only. */
  types: z.array(z.string().max(100)).min(1).max(200).optional(),
  /** The last position that is known, with the epoch that it is of: what came since is replayed. */
  after: position.optional(),
  epoch: z.string().min(1).max(100).optional(),
});

/** How many notifications of a person's inbox are unread. Each number stops at 1,000, which means as many or more. */
export const unreadCounts = z.object({
  total: z.int(),
  workspaces: z.array(
    z.object({
      workspaceId: z.uuid(),
      unread: z.int(),
      topics: z.array(z.object({ topic: z.string(), unread: z.int() })),
    }),
  ),
});

/** A notification as it stands now; what it says is for HTTP to tell, in the person's language. */
export const inboxItem = z.object({
  id: z.uuid(),
  workspaceId: z.uuid(),
  topic: z.string(),
  type: z.string(),
  /** What it is about; one group of the inbox. */
  subject: z.object({ type: z.string(), id: z.string() }),
  form: z.enum(['single', 'burst', 'digest']),
  /** How many events it stands for. */
  total: z.int(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
  archivedAt: z.iso.datetime().nullable(),
  snoozedUntil: z.iso.datetime().nullable(),
});

/** A page of the console, or whatever several people look at together; what it is called is theirs to agree on. */
const page = {
  workspaceId: z.uuid(),
  page: z.string().regex(/^[\w:./-]{1,200}$/, 'must be 1 to 200 of A-Z a-z 0-9 _ : . / -'),
};
/** So many people of a page are named. */
export const MOST_NAMED = 100;
/** Who looks at a page: the first of them by id, and how many there are. */
const viewers = { people: z.array(z.uuid()).max(MOST_NAMED), count: z.number().int() };

/** Why a watch could not go on from where it was asked to: what was missed has to be fetched otherwise. */
export const resetReason = z.enum(['epoch', 'too_far', 'pruned']);

/**
 * What clients ask of the server. Each command has one body and is acknowledged: with its answer and `ok: true`, or with
 * `ok: false` and a problem. Each may be sent twice without harm: a client that lost its connection before the answer sends
 * it again.
 */
export const commands = {
  /** Goes on with a new access token of the same session, before the old one ends. */
  renew: { body: z.strictObject({ token: z.string().min(1).max(2048) }), answer: z.object({ expiresAt }) },
  /** Where the log stands now. */
  head: { body: z.strictObject({}).optional(), answer: headSchema },
  /** Asks for events as they come; after the answer they follow from `position` on, or from `after` when nothing was reset. */
  watch: { body: watchBody, answer: headSchema.extend({ watch, reset: resetReason.nullable() }) },
  /** Ends a watch; one that is over already does no harm. */
  unwatch: { body: z.strictObject({ watch }), answer: z.object({ watch }) },
  /** Says that a person looks at a page from here on; the answer is who does. `presence` tells of every change. */
  enter: { body: z.strictObject(page), answer: z.object(viewers) },
  /** They look elsewhere. */
  leave: { body: z.strictObject(page), answer: z.object({ page: z.string() }) },
  /** They write something on a page that they look at; passed on at most once a second. */
  typing: { body: z.strictObject(page), answer: z.object({ page: z.string() }) },
} as const;

/** What the server tells by itself. */
export const serverMessages = {
  /** The first one: where the log stands, what the server placed the socket in, how often it will be heard of. */
  hello: headSchema.extend({ expiresAt, heartbeatMs: z.int().positive(), workspaces: z.array(placeSchema) }),
  /** Where the log stands, every while: a quiet socket is not far behind, and not dead. */
  heartbeat: headSchema,
  /** The workspaces of a socket, whenever they or the roles in them changed. */
  workspaces: z.object({ workspaces: z.array(placeSchema) }),
  /** An event that a watch found. Positions of one watch only grow. */
  event: z.object({ watch, event: toldEvent }),
  /** A watch has sent all that it found up to here; from now on it follows the log, and heartbeats speak for it too. */
  live: z.object({ watch, position }),
  /** The socket took too long: what a watch found after `from`, up to `to`, was not sent. It goes on behind that. */
  skipped: z.object({ watch, from: position, to: position }),
  /** The server ended a watch, and why. */
  unwatched: socketProblem.extend({ watch }),
  /** The people who look at a page now, sorted: of more than a hundred the first hundred, and how many they are. */
  presence: z.object({ ...page, ...viewers }),
  /** How a person's inbox stands: first upon connection, then whenever something came to it or was done with it, wherever. */
  inbox: z.object({
    /** Everything up to here counts. */
    position,
    unread: unreadCounts,
    /** Those that came or were changed and that one may see now; `arrived` are new. */
    notifications: z.array(inboxItem.extend({ arrived: z.boolean() })),
    /** All of a workspace up to a position of the log was marked as read. */
    read: z.array(z.object({ workspaceId: z.uuid(), upTo: position })),
    /** The connection is new, or more changed than stands here: load what is shown anew. */
    anew: z.boolean(),
  }),
  /** Somebody writes on a page; it is over after so many milliseconds unless it is told again. */
  typing: z.object({ ...page, userId: z.uuid(), forMs: z.int().positive() }),
  /** What was wrong with a message that wanted no acknowledgement; `message` is its name. */
  problem: socketProblem.extend({ message: z.string() }),
  /** The last one: why the server ends the socket. */
  ended: socketProblem,
} as const;

export type InboxItem = z.infer<typeof inboxItem>;
export type UnreadCounts = z.infer<typeof unreadCounts>;
export type ToldEvent = z.infer<typeof toldEvent>;
export type ResetReason = z.infer<typeof resetReason>;
export type SocketProblem = z.infer<typeof socketProblem>;
export type CommandName = keyof typeof commands;
/** A command's body as clients write it: what has a default may be left out. */
export type CommandBody<N extends CommandName> = z.input<(typeof commands)[N]['body']>;
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
