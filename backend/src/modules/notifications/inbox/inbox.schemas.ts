import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

/** The path of a notification. */
export const notificationPath = z.object({ notificationId: z.uuid() });
export type NotificationPath = z.infer<typeof notificationPath>;

const BOXES = ['inbox', 'archived', 'snoozed', 'all'] as const;

/** What an inbox can be asked for. */
export const inboxQuery = listQuery({ sort: ['createdAt'], defaultSort: '-createdAt', filter: true }).extend({
  box: z
    .enum(BOXES, { error: `must be one of ${BOXES.join(', ')}` })
    .default('inbox')
    .describe('The inbox holds what is neither archived nor put off.'),
});
export type InboxQuery = z.infer<typeof inboxQuery>;

/** A notification in a list. */
export const notification = z.object({
  id: z.uuid(),
  workspaceId: z.uuid(),
  topic: z.string().describe('What kind of thing it is about, such as deal.'),
  type: z.string().describe('The type of its newest event.'),
  subject: z.object({ type: z.string(), id: z.string() }).describe('What that event is about; one group of the inbox.'),
  form: z.enum(['single', 'burst', 'digest']),
  total: z.int().describe('How many events it stands for.'),
  title: z.string().nullable().describe('In one line, in your language; null when its events were erased or pruned.'),
  summary: z.string().nullable(),
  source: z
    .object({ type: z.string(), id: z.uuid() })
    .nullable()
    .describe('What asked for it, such as a subscription.'),
  url: z.string().describe('Leads into the console.'),
  position: z.int().describe('The position of its newest event in the log.'),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
  archivedAt: z.iso.datetime().nullable(),
  snoozedUntil: z.iso.datetime().nullable(),
});
export type NotificationShown = z.infer<typeof notification>;

export const notifications = page(notification);

const span = z.object({ start: z.int(), end: z.int() });

/** A notification with why it came. */
export const notificationDetail = notification.extend({
  heading: z.string().nullable(),
  blocks: z.array(z.looseObject({ type: z.string() })).describe('What it says, block by block.'),
  why: z.object({
    name: z.string().nullable().describe('What asked for it, as its owner calls it now.'),
    filter: z.string().nullable().describe('The filter as it was when it matched.'),
    terms: z.array(span).describe('Where in the filter the terms stand that were true, as offsets.'),
    events: z
      .array(z.object({ id: z.uuid(), type: z.string(), title: z.string(), at: z.iso.datetime() }))
      .describe('Its events that you may see, newest first; of many the newest 50.'),
  }),
  deliveries: z.array(z.object({ id: z.uuid(), channel: z.string(), state: z.enum(['queued', 'sent', 'failed']) })),
});
export type NotificationDetail = z.infer<typeof notificationDetail>;

const change = {
  read: z.boolean().optional(),
  archived: z.boolean().optional(),
  snoozedUntil: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2027-01-31T08:00:00Z' })
    .nullable()
    .optional()
    .describe('Put off until then, and unread when it comes back; null brings it back at once.'),
};

/** A change of one notification. */
export const notificationChange = z
  .strictObject(change)
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type NotificationChange = z.infer<typeof notificationChange>;

/** Changes of many. */
export const notificationChanges = z.strictObject({
  items: z
    .array(z.strictObject({ id: z.uuid(), ...change }))
    .min(1, 'must name a notification')
    .max(500, 'must be at most 500'),
});
export type NotificationChanges = z.infer<typeof notificationChanges>;

/** What became of each. */
export const changedNotifications = z.object({
  items: z.array(z.object({ id: z.uuid(), status: z.enum(['changed', 'unchanged', 'not_found']) })),
});
export type ChangedNotifications = z.infer<typeof changedNotifications>;

/** Everything up to a point is read. */
export const newReading = z.strictObject({
  upTo: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .describe('The position of the newest one you saw.'),
  workspaceId: z.uuid().optional().describe('Only what belongs to this workspace.'),
});
export type NewReading = z.infer<typeof newReading>;

export const reading = z.object({ changed: z.int().describe('How many were unread.') });

export const groupsQuery = listQuery({ sort: ['newestAt'], defaultSort: '-newestAt', filter: true }).extend({
  box: inboxQuery.shape.box,
});

/** All notifications about one thing. */
export const groups = page(
  z.object({
    workspaceId: z.uuid(),
    subject: z.object({ type: z.string(), id: z.string() }),
    count: z.int().describe('Up to 100, which means as many or more.'),
    unread: z.int().describe('Of the newest 100.'),
    newestAt: z.iso.datetime(),
    newest: notification,
  }),
);
export type Group = z.infer<typeof groups>['items'][number];

/** A person's own part in a workspace. */
export const workspacePath = z.object({ workspaceId: z.uuid() });
