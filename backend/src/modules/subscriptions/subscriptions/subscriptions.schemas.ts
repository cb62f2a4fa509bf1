import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { quietHours, rhythm, rule } from '../plans/plan.js';

/** The path of a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });

/** The path of a subscription. */
export const subscriptionPath = workspacePath.extend({ subscriptionId: z.uuid() });
export type SubscriptionPath = z.infer<typeof subscriptionPath>;

const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120, 'must be at most 120 characters')
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line without control characters');

// The language has its own, lower limit with its own sentence; this one only keeps the body small.
export const filter = z
  .string()
  .max(200_000)
  .describe('What to hear about, in the filter language; empty for everything. Such as: origin:NYC price<=400');

const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment such as 2027-03-01T08:00:00Z' })
  .transform((text) => new Date(text));

// What may be chosen, without defaults: a change holds what it changes.
export const choices = {
  paused: z.boolean(),
  rhythm: rhythm.describe(
    'At once, or gathered: hourly, daily at an hour, weekly (1 is Monday) at an hour of your day.',
  ),
  quietHours: quietHours.nullable().describe('In which nothing is sent; it waits until they end. Times of your day.'),
  cooldownMinutes: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(525_600, 'must be at most 525600, a year')
    .nullable()
    .describe('So long after a subject was told of, it is not told of again.'),
  crossing: z.boolean().describe('Tell of a subject only when it did not match before.'),
  improvesBy: z
    .number()
    .positive('must be above 0')
    .max(100, 'must be at most 100')
    .nullable()
    .describe(
      'Tell of a subject again only when it is better by so many percent than when you were told; for deals the price.',
    ),
  rule: rule
    .nullable()
    .describe('What must come together before you are told: so many matches, or a figure of theirs.'),
  channels: z
    .array(z.string().min(1).max(64))
    .max(20, 'must be at most 20')
    .nullable()
    .describe('Where it goes beside the inbox: mail, push, ids of channels. As you prefer when null.'),
  snoozedUntil: moment.nullable().describe('What matches until then is told together afterwards.'),
  expiresAt: moment.nullable().describe('From then on it hears nothing.'),
};

/** A subscription to be made. */
export const newSubscription = z
  .strictObject({
    name: name.optional().describe('The filter itself when absent.'),
    target: z.string().max(40).default('deal').describe('What it is about.'),
    filter,
    shared: z
      .boolean()
      .default(false)
      .describe('Whether it is the workspace’s: every member sees it, and those who join it are told.'),
  })
  .extend(z.strictObject(choices).partial().shape);
export type NewSubscription = z.infer<typeof newSubscription>;

/** A change of a subscription. */
export const subscriptionChange = z
  .strictObject({ name: name.optional(), filter: filter.optional() })
  .extend(z.strictObject(choices).partial().shape);
export type SubscriptionChange = z.infer<typeof subscriptionChange>;

/** A subscription as those see it who may. */
export const subscription = z.object({
  id: z.uuid(),
  name: z.string(),
  target: z.string(),
  filter: z.string(),
  shared: z.boolean(),
  joined: z.boolean().describe('Whether it tells you: your own do, shared ones when you joined.'),
  ...choices,
  snoozedUntil: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type SubscriptionShown = z.infer<typeof subscription>;

export const subscriptions = page(subscription);
