import type { EntityManager } from '#platform/database/index.js';
import type { Actor } from './actor.js';

/** What became of a membership that may do less now. */
export interface MembershipChange {
  readonly workspaceId: string;
  readonly userId: string;
  readonly what: 'removed' | 'suspended' | 'role_changed';
  /** Who did it. */
  readonly actor: Actor;
}

/** Called inside the transaction that removed or suspended a member or changed their role, after the change. */
export type MembershipWatcher = (em: EntityManager, change: MembershipChange) => Promise<void>;
