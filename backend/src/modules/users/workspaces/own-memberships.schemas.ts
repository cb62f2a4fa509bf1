import { z } from 'zod';
import { memberRole } from './workspaces.schemas.js';

/** The path of the caller's own membership: found by the caller, not by a grant, as it may be closed to them. */
export const membershipPath = z.object({ membershipId: z.uuid().describe('The id of the workspace.') });
export type MembershipPath = z.infer<typeof membershipPath>;

/** Who becomes the owner. */
export const handOver = z.strictObject({
  userId: z.uuid().describe('A member of the workspace who is not suspended.'),
});
export type HandOver = z.infer<typeof handOver>;

/** What the caller is after the workspace was handed over. */
export const handedOver = z.object({
  workspaceId: z.uuid(),
  ownerId: z.uuid().describe('The new owner.'),
  role: memberRole.describe("The caller's role from now on."),
});
export type HandedOver = z.infer<typeof handedOver>;
