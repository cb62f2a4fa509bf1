import { z } from 'zod';
import { workspacePath } from '../workspaces/workspaces.schemas.js';

export { workspacePath };

/** How a workspace is to be suspended. */
export const suspensionWanted = z.strictObject({
  mode: z.enum(['read_only', 'closed']).describe('"read_only": nothing changes; "closed": nobody gets in.'),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .nullable()
    .default(null)
    .describe('What its people are told, in a sentence of yours.'),
});
export type SuspensionWanted = z.infer<typeof suspensionWanted>;

/** How a workspace is suspended. */
export const suspension = z.object({
  workspaceId: z.uuid(),
  mode: z.enum(['read_only', 'closed']),
  reason: z.string().nullable(),
  suspendedAt: z.iso.datetime(),
});
export type SuspensionShown = z.infer<typeof suspension>;
