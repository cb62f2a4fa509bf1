import { z } from 'zod';
import { defineEvents } from './define.js';

const shape = z.object({ name: z.string(), target: z.string(), filter: z.string(), paused: z.boolean() });

/** Events of subscriptions and of the alerts they send. */
export const subscriptionEvents = defineEvents({
  'subscription.created': { version: 1, subject: 'subscription', data: shape, about: 'A subscription was made.' },
  'subscription.updated': {
    version: 1,
    subject: 'subscription',
    data: z.object({ before: shape, after: shape }),
    about: 'A subscription was changed, paused or resumed.',
  },
  'subscription.deleted': { version: 1, subject: 'subscription', data: shape, about: 'A subscription was removed.' },
  'delivery.sent': {
    version: 1,
    subject: 'delivery',
    data: z.object({ subscriptionId: z.uuid(), eventId: z.uuid(), channel: z.string(), attempt: z.number().int() }),
    about: 'An alert was handed to the mail server.',
    quiet: true,
  },
  'delivery.failed': {
    version: 1,
    subject: 'delivery',
    data: z.object({ subscriptionId: z.uuid(), eventId: z.uuid(), channel: z.string(), reason: z.string() }),
    about: 'An alert could not be delivered and will not be tried again.',
    quiet: true,
  },
});
