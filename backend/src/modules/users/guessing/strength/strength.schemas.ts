import { z } from 'zod';
import { givenPassword } from '../../accounts/accounts.schemas.js';

/** A password that somebody is about to choose. */
export const passwordTyped = z.strictObject({
  password: givenPassword.describe('Looked at and forgotten: it is neither stored nor logged.'),
  email: z.string().max(320).optional().describe('The address of the account, for which it would be easy to guess.'),
  name: z.string().max(120).optional().describe("The person's name, likewise."),
});
export type PasswordTyped = z.infer<typeof passwordTyped>;

/** How hard a password is to guess. */
export const passwordStrength = z.object({
  score: z.int().min(0).max(4).describe('From 0, far too easy, to 4, very hard.'),
  sentence: z.string().describe('The same in words.'),
  suggestions: z.array(z.string()).describe('What would make it harder to guess.'),
  accepted: z.boolean().describe('Whether it can be chosen; a weak one can, one that thieves try first cannot.'),
  refusals: z.array(z.string()).describe('Why it cannot be chosen.'),
});
export type PasswordStrengthShown = z.infer<typeof passwordStrength>;
