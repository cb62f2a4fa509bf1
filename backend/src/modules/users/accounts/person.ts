import type { Actor } from '#platform/access/index.js';
import { Forbidden } from '#platform/errors/index.js';

/**
 * The caller, if it is a person. What concerns a person's account, or hands out access, is not for API keys.
 *
 * @throws Forbidden for an API key
 */
export function requirePerson<A extends Actor>(actor: A): A & { userId: string } {
  if (actor.kind !== 'user' || actor.userId === null)
    throw new Forbidden('An API key cannot do this: sign in yourself.');
  return actor as A & { userId: string };
}
