import type { RestoreAct } from '#platform/event-log/index.js';

/** What a restore does to jobs: each may have run after the backup was made. */
export const jobRestoreActs: readonly RestoreAct[] = [
  {
    name: 'heldJobs',
    sql: `
      update job set held = true, state = 'queued', lease_until = null, lease_owner = null, announced_at = null
       where state in ('queued', 'running')`,
    sentence: (rows) => `Pending jobs held until an operator releases them: ${rows}.`,
  },
];
