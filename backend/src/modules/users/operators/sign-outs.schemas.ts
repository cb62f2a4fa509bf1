import { z } from 'zod';
import { email } from '../accounts/accounts.schemas.js';

/** Who is to be signed out. */
export const newSignOut = z.strictObject({ email: email.describe('The address of an account.') });
export type NewSignOut = z.infer<typeof newSignOut>;

/** What it came to. */
export const signOut = z.object({ count: z.int().describe('How many sessions were ended.') });
export type SignOut = z.infer<typeof signOut>;
