import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { plan, usedQuota, workspacePath } from '../usage/usage.schemas.js';

export { workspacePath };
export type WorkspacePath = z.infer<typeof workspacePath>;

/** The plans of the instance. */
export const plans = z.object({
  items: z.array(
    plan.extend({ standard: z.boolean().describe('True for the plan of workspaces that have no other.') }),
  ),
});

/** Which plan a workspace is to have. */
export const assignment = z.strictObject({
  plan: z.string().min(1, 'must not be empty').max(40, 'must be at most 40 characters').describe('The name of a plan.'),
});
export type Assignment = z.infer<typeof assignment>;

/** A workspace as operators see it: who it is, its plan, and how much it uses; nothing of what it holds. */
export const workspacePlan = z.object({
  workspaceId: z.uuid(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  plan: plan.pick({ name: true, title: true }),
  source: z.enum(['assigned', 'paid', 'default']),
  assigned: z.string().nullable().describe('What an operator assigned, also when there is no such plan any more.'),
  paid: z.string().nullable(),
  quotas: z.array(usedQuota.pick({ quota: true, unit: true, used: true, allowed: true, percent: true })),
});
export type WorkspacePlanShown = z.infer<typeof workspacePlan>;

export const workspacePlans = page(workspacePlan);
