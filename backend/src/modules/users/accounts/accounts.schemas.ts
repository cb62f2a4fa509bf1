import { z } from 'zod';
import { isKnownPassword } from '../guessing/strength/known-passwords.js';
import { isPersonal, TOO_PERSONAL } from '../guessing/strength/personal-words.js';
import { EmailRefused, emailAddress } from './email-address.js';

const MIN_PASSWORD = 10;
const MAX_PASSWORD_BYTES = 1024;

/** An e-mail address, read and checked; see `emailAddress`. */
export const email = z
  .string()
  .min(3, 'must be an e-mail address')
  .max(320, 'must be at most 320 characters')
  .transform((text, context) => {
    try {
      return emailAddress(text);
    } catch (error) {
      if (!(error instanceof EmailRefused)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  })
  .describe('An e-mail address.');

/** A password to be set: length is what counts, any character goes, and it is not among the first that are tried. */
export const newPassword = z
  .string()
  .min(MIN_PASSWORD, `must have at least ${MIN_PASSWORD} characters`)
  .max(MAX_PASSWORD_BYTES, `must have at most ${MAX_PASSWORD_BYTES} bytes`)
  .refine((text) => Buffer.byteLength(text) <= MAX_PASSWORD_BYTES, `must have at most ${MAX_PASSWORD_BYTES} bytes`)
  .refine((text) => new Set(text).size >= 4, 'must have at least four different characters')
  .refine(
    (text) => text.length > MAX_PASSWORD_BYTES || !isKnownPassword(text),
    'is easily guessed: it, or one much like it, is on the lists of stolen passwords that are tried first',
  )
  .describe('At least 10 characters; a few words are better than a short riddle.');

/** A password to be checked. */
export const givenPassword = z
  .string()
  .min(1)
  .max(MAX_PASSWORD_BYTES, `must have at most ${MAX_PASSWORD_BYTES} bytes`)
  .refine((text) => Buffer.byteLength(text) <= MAX_PASSWORD_BYTES, `must have at most ${MAX_PASSWORD_BYTES} bytes`);

/** A secret from a link. */
export const linkToken = z.string().min(1).max(200).describe('The token of the link.');

/** A name that people see: one line without control or direction-changing characters. */
export const shownName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120, 'must be at most 120 characters')
  .refine(
    (text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text),
    'must be one line of plain text',
  )
  .transform((text) => text.normalize('NFC'));

const locale = z
  .string()
  .max(35)
  .transform((text, context) => {
    try {
      return Intl.getCanonicalLocales(text)[0] ?? 'en';
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: 'must be a BCP 47 language tag, such as en or de-AT' });
      return z.NEVER;
    }
  })
  .describe('A BCP 47 language tag, such as en or de-AT.');

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone, such as Europe/Lisbon')
  .describe('An IANA time zone, such as Europe/Lisbon.');

const currencies = new Set(Intl.supportedValuesOf('currency'));

const currency = z
  .string()
  .refine((text) => currencies.has(text), 'must be an ISO 4217 code in capitals, such as EUR')
  .describe('An ISO 4217 code, such as EUR.');

/** What a person chooses about themselves. */
export const preferences = z.strictObject({ name: shownName, locale, timeZone, currency });

/** A change of some of it. */
export const preferencesChange = preferences.partial();
export type PreferencesChange = z.infer<typeof preferencesChange>;

/** A person's own account, as the API shows it. */
export const profile = z.object({
  id: z.uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  locale: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  operator: z.boolean().describe('Whether the person runs the instance.'),
  version: z.int(),
  createdAt: z.iso.datetime(),
});
export type ProfileShown = z.infer<typeof profile>;

/** A sign-up. The first person gives `setupCode`; an invited one `invitation`. */
export const registration = z
  .strictObject({
    ...preferences.partial().shape,
    name: shownName,
    email,
    password: newPassword,
    setupCode: z.string().min(1).max(100).optional().describe('The code that the server printed for its first owner.'),
    workspaceName: shownName.optional().describe("The name of the first owner's workspace."),
    invitation: linkToken.optional().describe('The token of an invitation.'),
    transport: z.enum(['cookie', 'body']).default('cookie').describe('How the refresh token is handed over.'),
  })
  .refine(({ password, email, name }) => !isPersonal(password, { email: email.address, name }), {
    path: ['password'],
    message: TOO_PERSONAL,
  });
export type Registration = z.infer<typeof registration>;

/** A request that concerns an address. */
export const addressed = z.strictObject({ email });
export type Addressed = z.infer<typeof addressed>;

/** The answer that says the same whether or not the address is known. */
export const accepted = z.object({ state: z.literal('accepted') });

/** A link's token. */
export const linkUse = z.strictObject({ token: linkToken });
export type LinkUse = z.infer<typeof linkUse>;

/** A link's token with the password to set. */
export const passwordReset = z.strictObject({ token: linkToken, password: newPassword });
export type PasswordReset = z.infer<typeof passwordReset>;

function isTimeZone(text: string): boolean {
  // Intl also takes offsets such as +05:30, which PostgreSQL reads with the opposite sign.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone.length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
