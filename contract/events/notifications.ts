import { z } from 'zod';
import { defineEvents } from './define.js';

/** What a delivery is of: a notification, and the newest of its events. */
const delivered = z.object({
  /** Absent on those from before there were notifications. */
  notificationId: z.uuid().nullable().optional(),
  /** The subscription that asked for it, if one did. */
  subscriptionId: z.uuid().nullable(),
  eventId: z.uuid(),
  channel: z.string(),
  /** The chat, browser or webhook, where it is one of several. */
  channelId: z.uuid().nullable().optional(),
});

/** Events of what people are told. Most tell of telling, which nobody can ask to be told of. */
export const notificationEvents = defineEvents({
  'delivery.sent': {
    version: 2,
    subject: 'delivery',
    data: delivered.extend({ attempt: z.number().int() }),
    about: 'A notification was handed over to where it leads.',
    quiet: true,
  },
  'delivery.failed': {
    version: 2,
    subject: 'delivery',
    data: delivered.extend({
      reason: z.string(),
      /** True when the other side refused it or did not answer, false when there was nothing to send any more. */
      refused: z.boolean().optional(),
    }),
    about: 'A notification could not be delivered and will not be tried again.',
    quiet: true,
  },
  'notification.created': {
    version: 1,
    subject: 'notification',
    data: z.object({
      /** The type of its newest event. */
      type: z.string(),
      form: z.enum(['single', 'burst', 'digest']),
      total: z.number().int(),
    }),
    about: 'A notification came to somebody.',
    quiet: true,
  },
  'notification.updated': {
    version: 1,
    subject: 'notification',
    data: z.object({ read: z.boolean(), archived: z.boolean(), snoozedUntil: z.string().nullable() }),
    about: 'A notification was marked, archived or put off.',
    quiet: true,
  },
  'notification.returned': {
    version: 1,
    subject: 'notification',
    data: z.object({ read: z.boolean() }),
    about: 'A notification that was put off came back.',
    quiet: true,
  },
  'inbox.read': {
    version: 1,
    subject: 'inbox',
    data: z.object({
      /** Everything up to this position of the log. */
      upTo: z.number().int(),
      count: z.number().int(),
    }),
    about: 'Notifications were marked as read, all up to a point.',
    quiet: true,
  },
  'notification_preferences.updated': {
    version: 2,
    subject: 'notification_preferences',
    data: z.object({
      /** Null: for all of the workspace, or for all workspaces. */
      projectId: z.uuid().nullable(),
      /** What was chosen; null where a choice was taken back. */
      cells: z.array(z.object({ kind: z.string(), channel: z.string(), enabled: z.boolean().nullable() })),
    }),
    about: 'Somebody changed where they want to be told.',
    quiet: true,
  },
  'notification.tested': {
    version: 1,
    subject: 'user',
    data: z.object({ userId: z.uuid(), kind: z.string() }),
    about: 'Somebody sent themselves an example of a notification.',
    quiet: true,
  },
});
