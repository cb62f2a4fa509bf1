import { query, type EntityManager } from '#platform/database/index.js';

const holding = new WeakSet<EntityManager>();

/**
 * Holds the jobs that the transaction enqueues from now on, when the event at this position was in a backup that was
 * restored: what it causes may have left the instance before. Until an operator releases it, the transaction ends.
 */
export async function holdJobsOf(em: EntityManager, position: number): Promise<void> {
  // The lock lets a release wait for this transaction, so that it sees what was held in it.
  const restored = await query(em, 'select 1 from log_restore where held_to >= $1 and released_at is null for share', [
    position,
  ]);
  if (restored.length > 0) holding.add(em);
}

/** True when what the transaction enqueues waits for an operator. */
export function holdsJobs(em: EntityManager): boolean {
  return holding.has(em);
}

/** Lets events of a restored backup cause jobs that run. Waits for transactions that still hold theirs. */
export async function releaseRestored(em: EntityManager): Promise<void> {
  await query(em, 'update log_restore set released_at = now() where released_at is null');
}
