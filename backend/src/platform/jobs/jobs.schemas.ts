import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

const states = z.enum(['queued', 'running', 'done', 'parked', 'cancelled']);
const queueName = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be the name of a queue');

/** The query of the operator's list. */
export const jobsQuery = listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true }).extend({
  state: states.optional().describe('Only jobs in this state.'),
  queue: queueName.optional().describe('Only jobs of this queue.'),
  held: z
    .stringbool({ error: 'must be true or false' })
    .optional()
    .describe('Only jobs that are held, or only those that are not.'),
});
export type JobsQuery = z.infer<typeof jobsQuery>;

/** The path of one job. */
export const jobPath = z.object({ jobId: z.uuid() });
export type JobPath = z.infer<typeof jobPath>;

/** A job as a list shows it. Times are RFC 3339. */
export const jobSummary = z.object({
  id: z.uuid(),
  queue: z.string(),
  name: z.string(),
  state: states,
  held: z.boolean().describe('True while it waits for an operator to release it, as after a restore.'),
  attempt: z.number().int().describe('Runs begun so far.'),
  failures: z.number().int().describe('Failed runs that count towards the limit.'),
  nextAttemptAt: z.iso.datetime().nullable().describe('When it runs next at the earliest; null unless it is queued.'),
  lastError: z.string().nullable(),
  workspaceId: z.uuid().nullable(),
  subject: z.object({ type: z.string(), id: z.string() }).nullable(),
  destination: z.string().nullable().describe('What it talks to; while that fails, all its jobs wait.'),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type JobSummary = z.infer<typeof jobSummary>;

export const jobPage = page(jobSummary);

/** One job with what it carries; secrets in it are masked. */
export const jobDetail = jobSummary.extend({
  key: z.string().nullable(),
  payload: z
    .record(z.string(), z.unknown())
    .describe('What it carries; secrets are masked, a sealed payload is not shown.'),
  result: z.record(z.string(), z.unknown()).nullable(),
  startedAt: z.iso.datetime().nullable(),
  leaseUntil: z.iso.datetime().nullable(),
  leaseOwner: z.string().nullable(),
});
export type JobDetail = z.infer<typeof jobDetail>;

/** Which held jobs are released. */
export const jobsRelease = z.strictObject({ queue: queueName.optional().describe('All queues when absent.') });
export type JobsRelease = z.infer<typeof jobsRelease>;
export const jobsReleased = z.object({ count: z.number().int() });
