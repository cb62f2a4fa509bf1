import { affected, type EntityManager } from '#platform/database/index.js';

/** Removes the remembered answers of some people or keys, inside the caller's transaction. @returns how many */
export function forgetAnswers(em: EntityManager, actorIds: readonly string[]): Promise<number> {
  return affected(em, `delete from idempotency_key where actor_id = any($1::uuid[])`, [actorIds]);
}
