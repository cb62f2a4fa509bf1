import { z } from 'zod';
import { defineEvents } from './define.js';

const shape = z.object({ name: z.string(), target: z.string(), filter: z.string(), paused: z.boolean() });

/** Events of subscriptions. */
export const subscriptionEvents = defineEvents({
  'subscription.created': { version: 1, subject: 'subscription', data: shape, about: 'A subscription was made.' },
  'subscription.updated': {
    version: 1,
    subject: 'subscription',
    data: z.object({ before: shape, after: shape }),
    about: 'A subscription was changed, paused or resumed.',
  },
  'subscription.deleted': { version: 1, subject: 'subscription', data: shape, about: 'A subscription was removed.' },
});
