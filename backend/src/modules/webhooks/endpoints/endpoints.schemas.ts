import { z } from 'zod';
import { page } from '#platform/http/index.js';

/** The path of a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });

/** The path of an endpoint. */
export const endpointPath = workspacePath.extend({ endpointId: z.uuid() });
export type EndpointPath = z.infer<typeof endpointPath>;

const description = z
  .string()
  .trim()
  .max(200, 'must be at most 200 characters')
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line without control characters');
const url = z.string().trim().min(1, 'must not be empty').max(2000, 'must be at most 2,000 characters');
// The language has its own, lower limit with its own sentence; this one only keeps the body small.
const filter = z
  .string()
  .max(200_000)
  .describe('What to be told of, in the filter language, read in UTC and US dollars; empty for everything.');
const types = z
  .array(z.string().max(100))
  .min(1, 'must name at least one type, or be null')
  .max(200)
  .nullable()
  .describe('Only events of these types; null for all that you may be told of.');
const headers = z
  .record(z.string().max(100), z.string().max(4000))
  .refine((all) => Object.keys(all).length <= 20, 'must be at most 20')
  .describe('Sent with every request, such as an authorization. They are kept encrypted and not shown again.');
const ratePerSecond = z
  .int()
  .min(1)
  .max(1000)
  .nullable()
  .describe('At most so many requests in any second; null for no limit.');
const ordered = z
  .boolean()
  .describe('Events arrive in the order of the log, one at a time: what fails holds up what comes after it.');
const payloadVersion = z.literal(1).describe('The form of the body; see the guide.');
const secretKind = z
  .enum(['hmac', 'ed25519'])
  .describe('How requests are signed: `v1` (HMAC-SHA-256) or `v1a` (ed25519).');

/** An endpoint to be made. */
export const newEndpoint = z.strictObject({
  url: url.describe('Where events are posted to. Redirects are not followed.'),
  description: description.default(''),
  target: z.string().max(40).default('activity').describe('What the filter is about.'),
  filter: filter.default(''),
  types: types.default(null),
  headers: headers.default({}),
  payloadVersion: payloadVersion.default(1),
  ratePerSecond: ratePerSecond.default(null),
  ordered: ordered.default(false),
  secretKind: secretKind.default('hmac'),
});
export type NewEndpoint = z.infer<typeof newEndpoint>;

/** A change of an endpoint. */
export const endpointChange = z.strictObject({
  url: url.optional(),
  description: description.optional(),
  filter: filter.optional(),
  types: types.optional(),
  headers: headers.optional(),
  payloadVersion: payloadVersion.optional(),
  ratePerSecond: ratePerSecond.optional(),
  ordered: ordered.optional(),
  enabled: z.boolean().optional().describe('True sends again what waited; what happened meanwhile was not kept.'),
});
export type EndpointChange = z.infer<typeof endpointChange>;

/** An endpoint. */
export const endpoint = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  target: z.string(),
  filter: z.string(),
  types: z.array(z.string()).nullable(),
  headerNames: z.array(z.string()).describe('The names of its own headers; their values are not shown.'),
  payloadVersion: z.int(),
  ratePerSecond: z.int().nullable(),
  ordered: z.boolean(),
  hook: z.boolean().describe('True when a REST hook made it.'),
  state: z.enum(['enabled', 'disabled', 'paused']),
  stateReason: z.string().nullable(),
  failingSince: z.iso.datetime().nullable().describe('Since when every attempt has failed.'),
  ownerId: z.uuid().nullable().describe('Whose rights decide what it is told of.'),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type EndpointShown = z.infer<typeof endpoint>;

export const endpoints = page(endpoint);

/** A new endpoint with its secret, which is shown once. */
export const madeEndpoint = endpoint.extend({
  secret: z.string().nullable().describe('Shown once: `whsec_…`. Null with ed25519, where the public key verifies.'),
  publicKey: z.string().nullable().describe('With ed25519: `whpk_…`, which the receiver verifies with.'),
});
export type MadeEndpoint = z.infer<typeof madeEndpoint>;

/** A rotation of an endpoint's secret. */
export const newRotation = z.strictObject({
  kind: secretKind.default('hmac'),
  overlapSeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(86_400)
    .describe('So long both secrets sign.'),
});
export type NewRotation = z.infer<typeof newRotation>;

/** A secret in use, without itself. */
export const secret = z.object({
  id: z.uuid(),
  kind: z.enum(['hmac', 'ed25519']),
  publicKey: z.string().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable().describe('Null for the newest; an earlier one signs until then.'),
});
export type SecretShown = z.infer<typeof secret>;
export const secrets = z.object({ items: z.array(secret) });

/** What a rotation gives. */
export const madeSecret = secret.extend({ secret: z.string().nullable().describe('Shown once; null with ed25519.') });
export type MadeSecret = z.infer<typeof madeSecret>;
