import { z } from 'zod';
import { defineEvents } from './define.js';

// What came later is absent where it is as it was before: told at once, of everything, to one person.
const shape = z.object({
  name: z.string(),
  target: z.string(),
  filter: z.string(),
  paused: z.boolean(),
  shared: z.boolean().optional(),
  rhythm: z.object({ kind: z.string(), hour: z.int().optional(), weekday: z.int().optional() }).optional(),
  quietHours: z.object({ from: z.string(), to: z.string() }).nullable().optional(),
  cooldownMinutes: z.int().nullable().optional(),
  crossing: z.boolean().optional(),
  improvesBy: z.number().nullable().optional(),
  rule: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .nullable()
    .optional(),
  channels: z.array(z.string()).optional(),
  snoozedUntil: z.string().optional(),
  expiresAt: z.string().optional(),
});

const participation = z.object({ userId: z.uuid(), name: z.string() });

/** Events of subscriptions. */
export const subscriptionEvents = defineEvents({
  'subscription.created': { version: 1, subject: 'subscription', data: shape, about: 'A subscription was made.' },
  'subscription.updated': {
    version: 1,
    subject: 'subscription',
    data: z.object({ before: shape, after: shape }),
    about: 'A subscription was changed, paused or resumed.',
  },
  'subscription.joined': {
    version: 1,
    subject: 'subscription',
    data: participation,
    about: 'A person joined a subscription that the workspace shares.',
  },
  'subscription.left': {
    version: 1,
    subject: 'subscription',
    data: participation,
    about: 'A person left a subscription that the workspace shares.',
  },
  'subscription.deleted': { version: 1, subject: 'subscription', data: shape, about: 'A subscription was removed.' },
});
