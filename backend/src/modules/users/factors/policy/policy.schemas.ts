import { z } from 'zod';

/** A workspace's word on second factors. */
export const policyChange = z.strictObject({
  required: z.boolean().describe('Whether members need a second factor to get in.'),
});
export type PolicyChange = z.infer<typeof policyChange>;

/** The same, with whom it concerns. */
export const policy = z.object({
  required: z.boolean(),
  membersWithout: z.int().describe('Members who have no second factor: they cannot get in while it is required.'),
});
export type Policy = z.infer<typeof policy>;
