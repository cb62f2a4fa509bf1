import { z } from 'zod';
import { defineEvents } from './define.js';

/** What a delivery is of: a notification, and the newest of its events. */
const delivered = z.object({
  /** Absent on those from before there were notifications. */
  notificationId: z.uuid().nullable().optional(),
  /** The subscription that asked for it, if one did. */
  subscriptionId: z.uuid().nullable(),
  eventId: z.uuid(),
  channel: z.string(),
  /** The chat, browser or webhook, where it is one of several. */
  channelId: z.uuid().nullable().optional(),
});

/** Events of what people are told. Most tell of telling, which nobody can ask to be told of. */
export const notificationEvents = defineEvents({
  'delivery.sent': {
    version: 2,
    subject: 'delivery',
    data: delivered.extend({ attempt: z.number().int() }),
    about: 'A notification was handed over to where it leads.',
    quiet: true,
  },
  'delivery.failed': {
    version: 2,
    subject: 'delivery',
    data: delivered.extend({
      reason: z.string(),
      /** True when the other side refused it or did not answer, false when there was nothing to send any more. */
      refused: z.boolean().optional(),
    }),
    about: 'A notification could not be delivered and will not be tried again.',
    quiet: true,
  },
});
