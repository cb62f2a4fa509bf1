import { z } from 'zod';
import { givenPassword, newPassword } from '../accounts.schemas.js';

/** A change of one's own password. */
export const passwordChange = z.strictObject({
  currentPassword: givenPassword
    .optional()
    .describe('The present password; left out by people who have none and sign in another way.'),
  newPassword,
});
export type PasswordChange = z.infer<typeof passwordChange>;
