import { z } from 'zod';
import { page } from '#platform/http/index.js';

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
const filter = z
  .string()
  .max(200_000)
  .describe('What to hear about, in the filter language; empty for everything. Such as: origin:NYC price<=400');

/** A subscription to be made. */
export const newSubscription = z.strictObject({
  name: name.optional().describe('The filter itself when absent.'),
  target: z.string().max(40).default('deal').describe('What it is about.'),
  filter,
  paused: z.boolean().default(false),
});
export type NewSubscription = z.infer<typeof newSubscription>;

/** A change of a subscription. */
export const subscriptionChange = z.strictObject({
  name: name.optional(),
  filter: filter.optional(),
  paused: z.boolean().optional(),
});
export type SubscriptionChange = z.infer<typeof subscriptionChange>;

/** A subscription as its owner sees it. */
export const subscription = z.object({
  id: z.uuid(),
  name: z.string(),
  target: z.string(),
  filter: z.string(),
  paused: z.boolean(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type SubscriptionShown = z.infer<typeof subscription>;

export const subscriptions = page(subscription);

/** A question: what would this filter have matched? */
export const newPreview = z.strictObject({
  target: z.string().max(40).default('deal'),
  filter,
  days: z.int('must be a whole number').min(1, 'must be at least 1').max(365, 'must be at most 365').default(30),
});
export type NewPreview = z.infer<typeof newPreview>;

/** What a filter would have matched. */
export const preview = z.object({
  canonical: z.string().describe('The filter as it was understood.'),
  days: z.int(),
  count: z.int().describe('How many it would have matched; 10,000 when there are more.'),
  more: z.boolean().describe('True when there are more than were counted.'),
  matches: z.array(z.object({ id: z.uuid(), title: z.string(), at: z.iso.datetime() })).describe('The newest 50.'),
});
export type Preview = z.infer<typeof preview>;
