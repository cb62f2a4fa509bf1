import { z } from 'zod';
import { page } from '#platform/http/index.js';

/** The path of a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });

/** The path of a delivery. */
export const deliveryPath = workspacePath.extend({ deliveryId: z.uuid() });
export type DeliveryPath = z.infer<typeof deliveryPath>;

const oneTry = z.object({
  attempt: z.int(),
  at: z.iso.datetime(),
  tookMs: z.int().describe('How long the other side was waited for, in milliseconds.'),
  outcome: z.enum(['sent', 'failed']),
  answer: z.string().describe("The other side's own words, or what went wrong on the way to it."),
});

/** One notification on its way to one channel, or at its end. */
export const delivery = z.object({
  id: z.uuid(),
  notificationId: z.uuid().nullable().describe('Null on deliveries from before there were notifications.'),
  subscriptionId: z.uuid().nullable().describe('The subscription that asked for it; null when none did.'),
  eventId: z.uuid().describe('The newest event that it tells of.'),
  eventType: z.string(),
  subjectId: z.string().describe('What that event is about, such as the id of the deal.'),
  total: z.int().describe('How many events it stands for.'),
  channel: z.enum(['mail', 'push', 'slack', 'discord', 'webhook']),
  channelId: z.uuid().nullable().describe('The browser, chat or webhook; null for mail.'),
  state: z.enum(['queued', 'sent', 'failed']),
  attempts: z.int().describe('How often it was tried so far.'),
  tries: z.array(oneTry).describe('What became of each attempt, oldest first; the newest 20.'),
  response: z.string().nullable().describe("The other side's own words."),
  error: z.string().nullable().describe('What went wrong last, while it is not sent.'),
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
});
export type DeliveryShown = z.infer<typeof delivery>;

export const deliveries = page(delivery);

/** A mail as it would look. */
export const mailPreview = z.object({
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  eventId: z.uuid().describe('The newest event that it tells of.'),
});
export type MailPreview = z.infer<typeof mailPreview>;
