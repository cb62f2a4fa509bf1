import { z } from 'zod';
import { email } from '../accounts.schemas.js';

/** The address that an account is to move to. */
export const emailChange = z.strictObject({ email });
export type EmailChangeWanted = z.infer<typeof emailChange>;

/** A change that waits for its confirmation. */
export const emailChangeShown = z.object({
  email: z.string().describe('The address that was mailed a link.'),
  requestedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().describe('Until when the link works.'),
});
export type EmailChangeShown = z.infer<typeof emailChangeShown>;

/** What a link to the earlier address did. */
export const emailChangeEnded = z.object({
  state: z
    .enum(['cancelled', 'undone'])
    .describe('Undone: the address is back, every session is ended, and a link to set a new password is under way.'),
});
export type EmailChangeEnded = z.infer<typeof emailChangeEnded>;
