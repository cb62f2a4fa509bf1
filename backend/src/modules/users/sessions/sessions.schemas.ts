import { z } from 'zod';
import { email, givenPassword, profile } from '../accounts/accounts.schemas.js';
import { secondFactorRequired } from '../factors/factors.schemas.js';

/** A sign-in. Browsers keep the refresh token in a cookie that scripts cannot read; other clients ask for it in the body. */
export const signIn = z.strictObject({
  email,
  password: givenPassword,
  transport: z.enum(['cookie', 'body']).default('cookie').describe('How the refresh token is handed over.'),
});
export type SignIn = z.infer<typeof signIn>;

/** What a signed-in client holds. */
export const tokens = z.object({
  accessToken: z.string().describe('Sent as "Authorization: Bearer …".'),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().describe('Seconds until the access token expires.'),
  refreshToken: z.string().nullable().describe('Null when it was set as a cookie.'),
  csrfToken: z
    .string()
    .nullable()
    .describe('Sent as X-CSRF-Token with requests that carry the cookie. Null when no cookie was set.'),
  sessionId: z.uuid(),
  sessionExpiresAt: z.iso.datetime().describe('When the person must sign in again, whatever happens.'),
});
export type Tokens = z.infer<typeof tokens>;

/** The answer to a sign-in. */
export const signedIn = tokens.extend({ state: z.literal('signed_in'), person: profile });

/** The answer to a first factor: signed in, or asked for the second. */
export const entered = z.discriminatedUnion('state', [signedIn, secondFactorRequired]);

/** The answer to a sign-up: signed in, or waiting for the address to be confirmed. */
export const registered = z.object({
  state: z.enum(['signed_in', 'verification_sent']),
  session: signedIn.nullable(),
});

/** A renewal. Without a token in the body the cookie is used. */
export const renewal = z.strictObject({ refreshToken: z.string().min(1).max(200).optional() }).default({});
export type Renewal = z.infer<typeof renewal>;
