import type { Actor } from '#platform/access/index.js';
import { Forbidden } from '#platform/errors/index.js';

/**
 * The caller as the person whose notifications they are: themselves, or the one that a key belongs to.
 *
 * @throws Forbidden for a key without a person
 */
export function requireReader<A extends Actor>(who: A): A & { id: string; userId: string } {
  if (who.userId === null || who.id === null)
    throw new Forbidden('Notifications go to a person, and this key belongs to none.');
  return who as A & { id: string; userId: string };
}

/**
 * The caller as a person who signed in themselves: what reaches over all their workspaces is not for keys, which belong to one.
 *
 * @throws Forbidden for a key
 */
export function requirePerson<A extends Actor>(who: A): A & { id: string; userId: string } {
  if (who.kind !== 'user') throw new Forbidden('An API key cannot do this: sign in yourself.');
  return requireReader(who);
}
