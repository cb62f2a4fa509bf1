import type { z } from 'zod';
import { accountEvents } from './accounts.js';
import { auditEvents } from './audit.js';
import { channelEvents } from './channels.js';
import { dealEvents } from './deals.js';
import { factorEvents } from './factors.js';
import { guessingEvents } from './guessing.js';
import { jobEvents } from './jobs.js';
import { logEvents } from './log.js';
import { mailEvents } from './mail.js';
import { notificationEvents } from './notifications.js';
import { planEvents } from './plans.js';
import { serviceAccountEvents } from './service-accounts.js';
import { subscriptionEvents } from './subscriptions.js';
import { userEvents } from './users.js';
import { webhookEvents } from './webhooks.js';

/** Every event that the product knows, by type. Each room declares its own slice. */
export const eventCatalogue = {
  ...userEvents,
  ...serviceAccountEvents,
  ...accountEvents,
  ...guessingEvents,
  ...factorEvents,
  ...dealEvents,
  ...subscriptionEvents,
  ...notificationEvents,
  ...jobEvents,
  ...logEvents,
  ...channelEvents,
  ...mailEvents,
  ...planEvents,
  ...auditEvents,
  ...webhookEvents,
};

/** The type of an event: noun, dot, past tense. */
export type EventType = keyof typeof eventCatalogue;

/** The data that an event of one type carries. */
export type EventData<T extends EventType> = z.infer<(typeof eventCatalogue)[T]['data']>;

export { defineEvents } from './define.js';
export type { EventDefinition } from './define.js';
