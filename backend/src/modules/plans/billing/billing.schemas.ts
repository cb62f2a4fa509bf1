import { z } from 'zod';

/** What somebody wants to pay for. */
export const newCheckout = z.strictObject({
  plan: z
    .string()
    .min(1, 'must not be empty')
    .max(40, 'must be at most 40 characters')
    .describe('The name of an offer.'),
});
export type NewCheckout = z.infer<typeof newCheckout>;

/** Where to send the person. */
export const redirection = z.object({
  url: z.string().describe('A page of the payment provider, for this person now.'),
});
export type Redirection = z.infer<typeof redirection>;

/** How the payments of a workspace stand. */
export const payment = z.object({
  status: z.string().nullable().describe('In the words of the payment provider; null while nothing was bought.'),
  plan: z.string().nullable(),
  renewsAt: z.iso.datetime().nullable(),
  endsAt: z.iso.datetime().nullable().describe('When the plan ends, if it was cancelled.'),
  failingSince: z.iso.datetime().nullable(),
  graceUntil: z.iso.datetime().nullable().describe('How long the plan stays although the payment failed.'),
});
export type PaymentShown = z.infer<typeof payment>;

/** An event of the payment provider, as far as it matters here. */
export const webhook = z.looseObject({ id: z.string(), type: z.string(), data: z.looseObject({}) });
export const heard = z.object({ received: z.literal(true) });
