import { z } from 'zod';
import { defineEvents } from './define.js';

/** What an endpoint listens to and how it is served. Never its path, headers or secrets: those may be keys. */
const shape = z.object({
  description: z.string(),
  host: z.string(),
  target: z.string(),
  filter: z.string(),
  types: z.array(z.string()).nullable(),
  state: z.enum(['enabled', 'disabled', 'paused']),
  ordered: z.boolean(),
  ratePerSecond: z.number().int().nullable(),
  payloadVersion: z.number().int(),
  ownerId: z.uuid().nullable(),
});

/** Events of webhooks, outgoing and incoming. */
export const webhookEvents = defineEvents({
  'webhook_endpoint.created': { version: 1, subject: 'webhook_endpoint', data: shape, about: 'A webhook was made.' },
  'webhook_endpoint.updated': {
    version: 1,
    subject: 'webhook_endpoint',
    data: z.object({ before: shape, after: shape }),
    about: 'A webhook was changed, switched off or on.',
  },
  'webhook_endpoint.deleted': { version: 1, subject: 'webhook_endpoint', data: shape, about: 'A webhook was removed.' },
  'webhook_endpoint.secret_rotated': {
    version: 1,
    subject: 'webhook_endpoint',
    data: z.object({ kind: z.enum(['hmac', 'ed25519']), previousUntil: z.iso.datetime().nullable() }),
    about: 'A webhook got a new secret.',
  },
  'webhook_endpoint.paused': {
    version: 1,
    subject: 'webhook_endpoint',
    data: z.object({
      host: z.string(),
      description: z.string(),
      failingSince: z.iso.datetime().nullable(),
      reason: z.string(),
    }),
    about: 'A webhook was paused: it failed for days, or its owner may not hear for it any more.',
  },
  'webhook_endpoint.disabled': {
    version: 1,
    subject: 'webhook_endpoint',
    data: z.object({ host: z.string(), description: z.string(), reason: z.string() }),
    about: 'A webhook was switched off because its address is gone.',
  },
  'webhook_endpoint.tested': {
    version: 1,
    subject: 'webhook_endpoint',
    data: z.object({ deliveryId: z.uuid(), type: z.string() }),
    about: 'An example was sent to a webhook.',
    quiet: true,
  },
  'webhook_delivery.failed': {
    version: 1,
    subject: 'webhook_delivery',
    data: z.object({ endpointId: z.uuid(), eventId: z.uuid(), type: z.string(), reason: z.string() }),
    about: 'A webhook was not delivered and will not be tried again.',
    quiet: true,
  },
  'webhook_delivery.replayed': {
    version: 1,
    subject: 'webhook_delivery',
    data: z.object({ endpointId: z.uuid(), eventId: z.uuid() }),
    about: 'Somebody asked for a webhook to be sent again.',
    quiet: true,
  },
  'webhook_replay.started': {
    version: 1,
    subject: 'webhook_replay',
    data: z.object({
      endpointId: z.uuid().nullable(),
      filter: z.string(),
      from: z.iso.datetime().nullable(),
      to: z.iso.datetime().nullable(),
    }),
    about: 'Somebody asked for webhooks to be sent again.',
    quiet: true,
  },
  'webhook_replay.stopped': {
    version: 1,
    subject: 'webhook_replay',
    data: z.object({ done: z.number().int(), total: z.number().int().nullable() }),
    about: 'Somebody stopped sending webhooks again.',
    quiet: true,
  },
  'webhook_inbox.created': {
    version: 1,
    subject: 'webhook_inbox',
    data: z.object({ name: z.string(), expiresAt: z.iso.datetime() }),
    about: 'A debugging inbox was opened.',
  },
  'webhook_inbox.deleted': {
    version: 1,
    subject: 'webhook_inbox',
    data: z.object({ name: z.string() }),
    about: 'A debugging inbox was closed.',
  },
  'incoming_webhook.created': {
    version: 1,
    subject: 'incoming_webhook',
    data: z.object({ name: z.string(), scheme: z.string() }),
    about: 'An address for incoming webhooks was made.',
  },
  'incoming_webhook.updated': {
    version: 1,
    subject: 'incoming_webhook',
    data: z.object({ name: z.string(), enabled: z.boolean() }),
    about: 'An address for incoming webhooks was changed.',
  },
  'incoming_webhook.deleted': {
    version: 1,
    subject: 'incoming_webhook',
    data: z.object({ name: z.string() }),
    about: 'An address for incoming webhooks was removed.',
  },
  'incoming_webhook.secret_rotated': {
    version: 1,
    subject: 'incoming_webhook',
    data: z.object({ previousUntil: z.iso.datetime().nullable() }),
    about: 'An address for incoming webhooks got a new secret.',
  },
  'incoming.received': {
    version: 1,
    subject: 'incoming_webhook',
    data: z.object({
      name: z.string(),
      scheme: z.string(),
      deliveryId: z.string(),
      kind: z.string().nullable(),
      body: z.json(),
    }),
    about: 'A signed webhook came in from outside.',
  },
});
