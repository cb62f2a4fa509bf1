import type { Member } from '#platform/access/index.js';
import { Forbidden } from '#platform/errors/index.js';

/**
 * The caller as the one whom alerts go to: a person, or a key that belongs to one.
 *
 * @throws Forbidden for a key without a person
 */
export function requireOwner(who: Member): Member & { userId: string } {
  if (who.userId === null) throw new Forbidden('Alerts go to a person, and this key belongs to none.');
  return who as Member & { userId: string };
}
