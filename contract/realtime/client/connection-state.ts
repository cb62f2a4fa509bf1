import type { SocketProblem } from '../messages.js';

/** How a client stands to its server. */
export type ConnectionState =
  /** It tries, for the first time or again. */
  | { readonly name: 'connecting'; readonly attempt: number }
  /** It is connected and let in. */
  | { readonly name: 'live' }
  /** It was cut off or not let in for now, and tries again by itself. */
  | { readonly name: 'offline'; readonly why: SocketProblem; readonly retryInMs: number }
  /** It was not let in, and trying again would not help. */
  | { readonly name: 'refused'; readonly why: SocketProblem }
  /** It is over: closed here, or by the server for good. */
  | { readonly name: 'ended'; readonly why: SocketProblem };

const FOR_GOOD = new Set(['credentials_over', 'address_not_allowed', 'foreign_origin']);
const NEEDS_TOKEN = new Set(['token_expired', 'unauthenticated']);

/** True when the same attempt would fail for ever. */
export const isFinal = ({ code }: SocketProblem): boolean => FOR_GOOD.has(code);

/** True when another token may help. */
export const needsToken = ({ code }: SocketProblem): boolean => NEEDS_TOKEN.has(code);

export const CLOSED: SocketProblem = { code: 'closed', detail: 'The client was closed.' };
export const CUT_OFF: SocketProblem = { code: 'connection', detail: 'The connection was lost.' };
