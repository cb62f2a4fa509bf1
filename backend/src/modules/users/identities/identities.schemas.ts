import { z } from 'zod';
import { linkToken } from '../accounts/accounts.schemas.js';

const providerId = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[a-z0-9-]+$/, 'must be the id of a provider');

/** A way to sign in elsewhere. */
export const provider = z.object({
  id: z.string(),
  name: z.string(),
  preset: z.enum(['google', 'linkedin', 'github']).nullable(),
});

/** All of them, and who may sign up. */
export const providers = z.object({
  items: z.array(provider),
  registration: z
    .enum(['setup', 'invite', 'open'])
    .describe('Who may sign up: only the first owner, by the setup code; people with an invitation; or anybody.'),
});

/** The path of a provider. */
export const providerPath = z.object({ providerId });
export type ProviderPath = z.infer<typeof providerPath>;

/** A journey to begin. */
export const journeyBegin = z
  .strictObject({ invitation: linkToken.optional().describe('The token of an invitation that a new account accepts.') })
  .default({});
export type JourneyBegin = z.infer<typeof journeyBegin>;

/** Where to go. */
export const journey = z.object({
  url: z.url().describe('Where to send the browser: the page of the issuer.'),
  expiresAt: z.iso.datetime().describe('Until when it may come back.'),
});

const response = z
  .string()
  .min(1)
  .max(8000)
  .describe('The query string that the issuer added to /sign-in/callback/<provider>, as it is.');

/** A journey that ends in a sign-in. */
export const providerSignIn = z.strictObject({
  provider: providerId,
  response,
  transport: z.enum(['cookie', 'body']).default('cookie').describe('How the refresh token is handed over.'),
});
export type ProviderSignIn = z.infer<typeof providerSignIn>;

/** A journey that begins in an account's settings. */
export const linkBegin = z.strictObject({ provider: providerId });
export type LinkBegin = z.infer<typeof linkBegin>;

/** A journey that ends in a link. */
export const newIdentity = z.strictObject({ provider: providerId, response });
export type NewIdentity = z.infer<typeof newIdentity>;

/** An identity as its owner sees it. */
export const identity = z.object({
  id: z.uuid(),
  provider: z.string(),
  providerName: z.string(),
  available: z.boolean().describe('Whether the console still offers this provider.'),
  email: z.string().nullable().describe('The address there, when it was used last.'),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type IdentityShown = z.infer<typeof identity>;

/** All of a person's. */
export const identities = z.object({ items: z.array(identity) });

/** The path of an identity. */
export const identityPath = z.object({ identityId: z.uuid() });
export type IdentityPath = z.infer<typeof identityPath>;
