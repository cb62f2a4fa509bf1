import { affected, type EntityManager } from '#platform/database/index.js';
import type { JobSubject } from './job.types.js';

/**
 * Removes the jobs about one thing, inside the caller's transaction: those that are over, and those that have not begun, which
 * then never run. One that runs is left to its end.
 *
 * @returns how many
 */
export function forgetJobs(em: EntityManager, { type, id }: JobSubject): Promise<number> {
  return affected(em, `delete from job where subject_type = $1 and subject_id = $2 and state <> 'running'`, [type, id]);
}

/** The same for all jobs of a workspace. */
export function forgetJobsOfWorkspace(em: EntityManager, workspaceId: string): Promise<number> {
  return affected(em, `delete from job where workspace_id = $1 and state <> 'running'`, [workspaceId]);
}
