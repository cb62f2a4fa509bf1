import type { Actor } from '#platform/access/index.js';
import type { Visitor } from './session.entity.js';

/** The subject of what concerns no account: the nil uuid (RFC 9562, section 5.9). */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A person as an actor, before or while they are signed in. */
export function personAs(userId: string, visitor: Visitor, sessionId?: string): Actor {
  return { kind: 'user', id: userId, userId, sessionId, address: visitor.address, requestId: visitor.requestId };
}

/** Somebody of whom nothing but the address is known. */
export function strangerAs(visitor: Visitor): Actor {
  return { kind: 'user', id: null, userId: null, address: visitor.address, requestId: visitor.requestId };
}
