import { z } from 'zod';
import { page } from '#platform/http/index.js';
import { subscriptionPath, workspacePath } from '../subscriptions/subscriptions.schemas.js';

/** The path of a delivery. */
export const deliveryPath = workspacePath.extend({ deliveryId: z.uuid() });
export type DeliveryPath = z.infer<typeof deliveryPath>;

export { subscriptionPath, workspacePath };

/** One alert on its way or at its end. */
export const delivery = z.object({
  id: z.uuid(),
  subscriptionId: z.uuid(),
  eventId: z.uuid(),
  eventType: z.string(),
  subjectId: z.string().describe('What the event is about, such as the id of the deal.'),
  channel: z.enum(['mail']),
  state: z.enum(['queued', 'sent', 'failed']),
  attempts: z.int().describe('How often it was tried so far.'),
  response: z.string().nullable().describe("The other side's own words."),
  error: z.string().nullable().describe('What went wrong last, while it is not sent.'),
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
});
export type DeliveryShown = z.infer<typeof delivery>;

export const deliveries = page(delivery);

/** An alert mail as it would look. */
export const mailPreview = z.object({
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  eventId: z.uuid().describe('The newest event that the subscription matched.'),
});
export type MailPreview = z.infer<typeof mailPreview>;
