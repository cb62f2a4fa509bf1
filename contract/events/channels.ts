import { z } from 'zod';
import { defineEvents } from './define.js';

const shape = z.object({
  kind: z.enum(['push', 'slack', 'discord', 'webhook']),
  name: z.string(),
  shared: z.boolean(),
});

const state = z.enum(['enabled', 'disabled']);

/** Events of the places that notifications go to, and of mail addresses that do not take any. Never an address itself. */
export const channelEvents = defineEvents({
  'channel.created': { version: 1, subject: 'channel', data: shape, about: 'A channel for notifications was added.' },
  'channel.updated': {
    version: 1,
    subject: 'channel',
    data: shape.extend({
      changed: z.array(z.string()),
      state: state.optional(),
      before: z.object({ name: z.string(), state }).partial().optional(),
    }),
    about: 'A channel for notifications was changed.',
  },
  'channel.removed': { version: 1, subject: 'channel', data: shape, about: 'A channel for notifications was removed.' },
  'channel.disabled': {
    version: 1,
    subject: 'channel',
    data: shape.extend({
      reason: z.string(),
      state: z.literal('disabled').optional(),
      before: z.object({ state: z.literal('enabled') }).optional(),
    }),
    about: 'A channel was switched off, because what it led to is gone.',
  },
  'mail.bounced': {
    version: 1,
    subject: 'mail',
    data: z.object({
      permanent: z.boolean(),
      /** Such as 5.1.1 (RFC 3463). */
      status: z.string(),
    }),
    about: 'A mail came back.',
    quiet: true,
  },
  'address.suppressed': {
    version: 1,
    subject: 'address',
    /** `complaint`, or what the last mail came back with, such as 5.1.1 (RFC 3463). */
    data: z.object({ status: z.string() }),
    about: 'A mail address gets no more notifications, because mail comes back from it or was reported as unwanted.',
    quiet: true,
  },
  'address.released': {
    version: 1,
    subject: 'address',
    data: z.object({}),
    about:
      'Notifications go to a mail address again: an operator or its owner said so, or its owner has read a link there.',
  },
});
