import { addressPrincipal } from '#platform/http/index.js';
import { tokenHash } from '../accounts/tokens.js';
import type { Visitor } from '../sessions/session.entity.js';

/**
 * What is guessed: the password at sign-in, the code of a second factor after it, or the password that a signed-in person
 * gives again to confirm something.
 */
export type GuessKind = 'password' | 'second_factor' | 'confirmation';

/** One attempt at a secret. */
export interface Guess {
  readonly kind: GuessKind;
  /** The key of the account's address, whether or not there is such an account. */
  readonly emailKey: string;
  readonly visitor: Visitor;
  /** The session that confirms; needed for that kind only. */
  readonly sessionId?: string | undefined;
}

/** What attempts are counted for. */
export type CountedAs = 'account' | 'browser' | 'network' | 'second_factor' | 'session';

/** One row of the counting: a digest, so that no address that somebody typed is kept. */
export interface Counted {
  readonly kind: CountedAs;
  readonly subject: Buffer;
}

/** How wrong attempts are borne. Times in seconds. */
export interface Tolerance {
  /** So many in a row before the first wait. */
  guesses: number;
  longestWait: number;
  /** After so long without an attempt the count starts anew. */
  forgottenAfter: number;
}

/** Seconds of the first wait; each further one is twice as long. */
export const FIRST_WAIT = 60;

/**
 * What an attempt is counted for. A browser that signed in to the account before is counted by itself, so that strangers
 * cannot lock out the person who sits at it (device cookies, after the OWASP page "Slow Down Online Guessing Attacks").
 * Codes of a second factor are counted by account alone: who guesses at them knows the password.
 *
 * @param browser the id of a browser that is known to belong to the account's owner, or null
 */
export function countedFor({ kind, emailKey, visitor, sessionId }: Guess, browser: string | null): Counted[] {
  const network = counted('network', visitor.address === undefined ? 'unknown' : addressPrincipal(visitor.address));
  if (kind === 'second_factor') return [counted('second_factor', emailKey), network];
  if (kind === 'confirmation') return [counted('session', sessionId ?? emailKey)];
  return browser ? [counted('browser', browser)] : [counted('account', emailKey), network];
}

/** One row. @param of what is counted, in the words of its kind: an address's key, a browser's id, a network */
export function counted(kind: CountedAs, of: string): Counted {
  return { kind, subject: tokenHash(`${kind}:${of}`) };
}
