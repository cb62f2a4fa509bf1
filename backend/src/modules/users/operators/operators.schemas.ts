import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { email } from '../accounts/accounts.schemas.js';

/** The path of an operator. */
export const operatorPath = z.object({ userId: z.uuid() });
export type OperatorPath = z.infer<typeof operatorPath>;

/** Who is to become an operator. */
export const newOperator = z.strictObject({ email: email.describe('The address of an account, which was confirmed.') });
export type NewOperator = z.infer<typeof newOperator>;

/** Somebody who runs the instance. */
export const operator = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  secondFactor: z.boolean().describe('Whether they have a second factor.'),
  lastUsedAt: z.iso.datetime().nullable().describe('When a session of theirs was last used.'),
});
export type OperatorShown = z.infer<typeof operator>;

export const operators = z.object({ items: z.array(operator) });

/** How a workspace fares, without what is in it. */
export const workspaceHealth = z.object({
  id: z.uuid(),
  name: z.string(),
  suspension: z.enum(['read_only', 'closed']).nullable(),
  members: z.int(),
  suspendedMembers: z.int(),
  parkedJobs: z.int().describe('Work that failed and waits for an operator.'),
  signs: z
    .record(z.string(), z.int())
    .describe('What the rooms count, such as "failingSources": sources in which nothing comes in, though it should.'),
  lastActivityAt: z.iso.datetime().nullable().describe('When the last event of it was recorded.'),
  createdAt: z.iso.datetime(),
});
export type WorkspaceHealth = z.infer<typeof workspaceHealth>;

export const workspacesHealth = page(workspaceHealth);
