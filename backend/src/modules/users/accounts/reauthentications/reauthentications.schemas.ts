import { z } from 'zod';
import { givenPassword } from '../accounts.schemas.js';

/** The proof that the person at the device is the one who signed in. */
export const reauthentication = z.strictObject({ password: givenPassword.describe('The present password.') });
export type ReauthenticationWanted = z.infer<typeof reauthentication>;

/** What the proof is good for. */
export const reauthenticated = z.object({
  validUntil: z.iso.datetime().describe('Until when what guards the account may be changed without another proof.'),
});
export type Reauthenticated = z.infer<typeof reauthenticated>;
