import { z } from 'zod';
import { newSubscription, subscriptionChange } from '../subscriptions/subscriptions.schemas.js';

const wanted = newSubscription
  .pick({ name: true, target: true, filter: true, rhythm: true })
  .describe('What to post to make it.');

/** Subscriptions that are ready to be made. */
export const templates = z.object({
  items: z.array(
    z.object({ id: z.string(), target: z.string(), title: z.string(), description: z.string(), subscription: wanted }),
  ),
});
export type Templates = z.infer<typeof templates>;

/** What somebody may want, judging by what they did and were told. */
export const suggestions = z.object({
  items: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('new'), because: z.string(), subscription: wanted }),
      z.object({
        kind: z.literal('change'),
        because: z.string(),
        subscriptionId: z.uuid(),
        change: subscriptionChange.pick({ rhythm: true }).describe('What to patch.'),
      }),
    ]),
  ),
});
export type Suggestions = z.infer<typeof suggestions>;
