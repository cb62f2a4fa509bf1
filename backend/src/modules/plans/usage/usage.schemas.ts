import { z } from 'zod';

/** The path of a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });

/** A plan as the API shows it. */
export const plan = z.object({
  name: z.string(),
  title: z.string(),
  limits: z
    .record(z.string(), z.int().nullable())
    .describe('By the name of the limit; null for none. Storage in bytes, API calls a calendar month (UTC).'),
});
export type PlanShown = z.infer<typeof plan>;

/** How much of one thing a workspace uses. */
export const usedQuota = z.object({
  quota: z.string().describe('The name of the limit, such as `members`.'),
  noun: z.string().describe('What it counts, for people.'),
  unit: z.enum(['count', 'bytes']),
  used: z.int(),
  reserved: z.int().describe('What is promised beside it and counts too: seats of open invitations.'),
  allowed: z.int().nullable().describe('What the plan includes; null for no limit.'),
  percent: z.number().nullable().describe('Used and reserved, of what is allowed; null for no limit.'),
  resetsAt: z.iso.datetime().nullable().describe('When counting begins anew; null when it does not by itself.'),
  months: z
    .array(z.object({ month: z.string().describe('Such as 2026-11.'), most: z.int() }))
    .describe(
      'The most there was in each of the last 12 months, the newest first; months without a change are left out.',
    ),
});
export type UsedQuota = z.infer<typeof usedQuota>;

/** What a workspace uses of what its plan includes. */
export const usage = z.object({
  plan: z.object({ name: z.string(), title: z.string() }),
  quotas: z.array(usedQuota),
});
export type Usage = z.infer<typeof usage>;
