import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { workspacePath } from '../endpoints/endpoints.schemas.js';

/** The path of a delivery. */
export const deliveryPath = workspacePath.extend({ webhookDeliveryId: z.uuid() });
export type DeliveryPath = z.infer<typeof deliveryPath>;

/** The path of a replay. */
export const replayPath = workspacePath.extend({ replayId: z.uuid() });
export type ReplayPath = z.infer<typeof replayPath>;

/** One event for one endpoint. */
export const delivery = z.object({
  id: z.uuid().describe('Also its `webhook-id`, on every attempt.'),
  endpointId: z.uuid(),
  eventId: z.uuid(),
  type: z.string(),
  subjectId: z.string(),
  test: z.boolean(),
  state: z.enum(['queued', 'delivered', 'failed']),
  held: z.boolean().describe('True while it waits for an operator, after a backup was restored.'),
  heldBack: z.string().nullable().describe('Why its endpoint was stopped, while it waits for that to be mended.'),
  attempts: z.int(),
  status: z.int().nullable(),
  error: z.string().nullable(),
  durationMs: z.int().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type DeliveryShown = z.infer<typeof delivery>;

export const deliveries = page(delivery);

const attempt = z.object({
  attempt: z.int(),
  url: z.string().nullable().describe('Where it was sent then; null when that is not known any more.'),
  headerNames: z.array(z.string()).nullable().describe('The names of the headers of its own that it carried then.'),
  startedAt: z.iso.datetime(),
  durationMs: z.int(),
  status: z.int().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
  body: z.string().nullable().describe('The first 4 kB of the answer.'),
  error: z.string().nullable(),
});

/** A delivery with what was sent and what came back. */
export const deliveryDetail = delivery.extend({
  request: z.object({
    url: z.string().describe('Where it was sent last, or will be.'),
    headerNames: z.array(z.string()),
    body: z.string().nullable().describe('Null when the event is gone, or is not for you to see.'),
  }),
  answers: z.array(attempt).describe('One an attempt, the newest first, at most 100.'),
});
export type DeliveryDetail = z.infer<typeof deliveryDetail>;

/** A test of an endpoint. */
export const newTest = z.strictObject({ type: z.string().max(100).describe('Whose example is sent.') });
export type NewTest = z.infer<typeof newTest>;

/** Types of events that endpoints can be told of. */
export const eventTypes = z.object({
  items: z.array(
    z.object({ type: z.string(), about: z.string(), example: z.unknown().describe('A body as it is sent.') }),
  ),
});

const instant = z.iso.datetime({ offset: true });

/** Deliveries to be sent again. */
export const newReplay = z.strictObject({
  endpointId: z.uuid().nullable().default(null).describe('Null for all endpoints.'),
  from: instant.nullable().default(null),
  to: instant.nullable().default(null),
  filter: z
    .string()
    .max(20_000)
    .default('state:failed')
    .describe('Which, in the filter language; empty for all that were delivered or given up.'),
});
export type NewReplay = z.infer<typeof newReplay>;

/** A replay and how far it is. */
export const replay = z.object({
  id: z.uuid(),
  endpointId: z.uuid().nullable(),
  filter: z.string(),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime(),
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  error: z.string().nullable(),
  total: z.int().nullable().describe('How many it found; null until it has looked.'),
  done: z.int(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type ReplayShown = z.infer<typeof replay>;
