import { z } from 'zod';

/** Six digits; the spaces that apps show between them do not count. */
export const totpCode = z
  .string()
  .max(20, 'must be six digits')
  .transform((text) => text.replace(/\s/g, ''))
  .refine((text) => /^[0-9]{6}$/.test(text), 'must be six digits')
  .describe('The six digits that the authenticator app shows.');

/** What an authenticator app needs to know. */
export const totpEnrolment = z.object({
  secret: z.string().describe('The secret in base32, to be typed where no QR code can be read.'),
  uri: z.string().describe('The otpauth:// address of the QR code.'),
});
export type TotpEnrolment = z.infer<typeof totpEnrolment>;

/** The first code of a new app. */
export const totpConfirmation = z.strictObject({ code: totpCode });
export type TotpConfirmation = z.infer<typeof totpConfirmation>;

/** Recovery codes: shown once. */
export const recoveryCodes = z
  .array(z.string())
  .describe('Each signs you in once in place of the second factor. They are not shown again.');

/** The answer to a change that may have made recovery codes. */
export const withRecoveryCodes = z.object({
  recoveryCodes: recoveryCodes.nullable().describe('Made with the first second factor; null when there were some.'),
});
