import { z } from 'zod';

const workspace = z.object({ id: z.uuid(), name: z.string() });

/** What the deletion of one's account would do, or why it cannot be. */
export const deletionPlan = z.object({
  graceDays: z.int().describe('Days in which signing in keeps the account.'),
  erased: z.array(workspace).describe('Workspaces that nobody else belongs to: they go with the account.'),
  left: z.array(workspace).describe('Workspaces of other people, which lose you.'),
  ownerless: z.array(workspace).describe('Workspaces of other people that only you own: they stand in the way.'),
  lastOperator: z.boolean().describe('Whether you are the only operator, which stands in the way.'),
});
export type DeletionPlan = z.infer<typeof deletionPlan>;

/** A deletion that is under way. */
export const deletionScheduled = z.object({
  eraseAt: z.iso.datetime().describe('When everything is erased; signing in before keeps the account.'),
});
export type DeletionScheduled = z.infer<typeof deletionScheduled>;
