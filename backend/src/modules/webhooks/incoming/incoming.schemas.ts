import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { capabilityToken } from '../capability-urls.js';
import { workspacePath } from '../endpoints/endpoints.schemas.js';

/** The path of an incoming webhook. */
export const incomingPath = workspacePath.extend({ incomingId: z.uuid() });
export type IncomingPath = z.infer<typeof incomingPath>;

/** The path that outsiders post to. */
export const incomingTokenPath = z.object({ incomingToken: capabilityToken });
export type IncomingTokenPath = z.infer<typeof incomingTokenPath>;

const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120, 'must be at most 120 characters')
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line without control characters');
const scheme = z
  .enum(['standard', 'github', 'secret'])
  .describe('How the sender proves itself: Standard Webhooks, X-Hub-Signature-256, or the secret in X-Webhook-Secret.');

/** An incoming webhook to be made. */
export const newIncoming = z.strictObject({ name, scheme });
export type NewIncoming = z.infer<typeof newIncoming>;

/** A change. */
export const incomingChange = z.strictObject({ name: name.optional(), enabled: z.boolean().optional() });
export type IncomingChange = z.infer<typeof incomingChange>;

/** An address that outsiders post to. */
export const incoming = z.object({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  scheme,
  enabled: z.boolean(),
  received: z.int(),
  refused: z.int().describe('How often something came that was not signed by who may send.'),
  lastReceivedAt: z.iso.datetime().nullable(),
  lastRefusedAt: z.iso.datetime().nullable(),
  lastRefusal: z.string().nullable(),
  createdAt: z.iso.datetime(),
  previousUntil: z.iso.datetime().nullable().describe('Until when the earlier secret is taken too, after a rotation.'),
});
export type IncomingShown = z.infer<typeof incoming>;
export const incomings = page(incoming);

/** A rotation of its secret. */
export const incomingRotation = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(86_400)
    .describe('So long the earlier secret is taken too.'),
});
export type IncomingRotation = z.infer<typeof incomingRotation>;

/** With its secret, which is shown once. */
export const madeIncoming = incoming.extend({ secret: z.string() });
export type MadeIncoming = z.infer<typeof madeIncoming>;

/** The answer to whoever posts. */
export const heard = z.object({
  received: z.literal(true),
  repeated: z.boolean().describe('True when it was taken before.'),
});
export type Heard = z.infer<typeof heard>;
