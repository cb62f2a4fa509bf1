import { z } from 'zod';
import { choices, filter } from '../subscriptions/subscriptions.schemas.js';

const { rhythm, quietHours, cooldownMinutes, crossing, improvesBy, rule } = choices;

/** A question: what would this subscription have sent? */
export const newPreview = z
  .strictObject({
    target: z.string().max(40).default('deal'),
    filter,
    days: z.int('must be a whole number').min(1, 'must be at least 1').max(365, 'must be at most 365').default(30),
  })
  .extend(z.strictObject({ rhythm, quietHours, cooldownMinutes, crossing, improvesBy, rule }).partial().shape);
export type NewPreview = z.infer<typeof newPreview>;

/** What a subscription would have matched and sent. */
export const preview = z.object({
  canonical: z.string().describe('The filter as it was understood.'),
  days: z.int(),
  count: z.int().describe('How many it would have matched; 10,000 when there are more.'),
  more: z.boolean().describe('True when there are more than were counted: what follows is about the newest 10,000.'),
  matches: z.array(z.object({ id: z.uuid(), title: z.string(), at: z.iso.datetime() })).describe('The newest 50.'),
  sent: z.int().describe('How many notifications it would have sent.'),
  perDay: z
    .array(z.object({ day: z.iso.date(), matches: z.int(), sent: z.int() }))
    .describe('Days of your time zone on which there was something, the oldest first.'),
  examples: z
    .array(z.object({ at: z.iso.datetime(), total: z.int(), titles: z.array(z.string()) }))
    .describe('The newest 10 notifications: when, of how many things, and the titles of up to three.'),
});
export type Preview = z.infer<typeof preview>;
