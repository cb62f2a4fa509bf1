import { z } from 'zod';
import { email } from '../accounts/accounts.schemas.js';

/** Whose second factors are to be removed. */
export const newFactorReset = z.strictObject({ email: email.describe('The address of an account.') });
export type NewFactorReset = z.infer<typeof newFactorReset>;

/** What it came to; nothing where there was no second factor. */
export const factorReset = z.object({
  totp: z.boolean().describe('Whether an authenticator app was removed.'),
  passkeys: z.int().describe('How many passkeys were removed.'),
  recoveryCodes: z.int().describe('How many recovery codes were removed that were still good.'),
  sessions: z.int().describe('How many sessions were ended.'),
});
export type FactorReset = z.infer<typeof factorReset>;
