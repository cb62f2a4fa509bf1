import type { ClientBase } from 'pg';
import { query, type EntityManager } from '#platform/database/index.js';

/** "signalbox restore", hashed to a number once: a restore holds it until its tables are committed. */
export const RESTORE_LOCK = 7_214_390_115;

export const UNFINISHED =
  'The last restore into this database has not come to its end: wait for it if it still runs, or else run "npm run restore -- FILE" again.';

/** The database holds what a restore began and did not finish: nobody may work on it. */
export class RestoreUnfinished extends Error {
  constructor() {
    super(UNFINISHED);
  }
}

const STATE = 'select 1 from log_restore where not files_in_place';

/** True from the moment that a restore's tables are committed until its files are in place. */
export async function restoreIsUnfinished(client: ClientBase): Promise<boolean> {
  // A backup is also made of a database that an older version left, before it is migrated.
  const { rows } = await client.query<{ known: boolean }>(`select to_regclass('log_restore') is not null as known`);
  return rows[0]?.known === true && (await client.query(STATE)).rows.length > 0;
}

/**
 * Lets no process start on half a restore.
 *
 * @param em in a transaction
 * @throws RestoreUnfinished when one runs now, or was interrupted
 */
export async function refuseUnfinishedRestore(em: EntityManager): Promise<void> {
  const [lock] = await query<{ free: boolean }>(em, 'select pg_try_advisory_xact_lock_shared($1) as free', [
    RESTORE_LOCK,
  ]);
  if (!lock?.free || (await query(em, STATE)).length > 0) throw new RestoreUnfinished();
}
