import type { Actor } from '#platform/access/index.js';
import type { Visitor } from './session.entity.js';

/** A person as an actor, before or while they are signed in. */
export function personAs(userId: string, visitor: Visitor, sessionId?: string): Actor {
  return { kind: 'user', id: userId, userId, sessionId, address: visitor.address, requestId: visitor.requestId };
}

/** Somebody of whom nothing but the address is known. */
export function strangerAs(visitor: Visitor): Actor {
  return { kind: 'user', id: null, userId: null, address: visitor.address, requestId: visitor.requestId };
}
