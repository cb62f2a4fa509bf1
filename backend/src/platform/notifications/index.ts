export { Inboxes } from './inboxes.js';
export type { InboxNow } from './inboxes.js';
export { NotificationKinds } from './notification-kinds.js';
export type { Notification, NotificationKind, Recipient } from './notification-kinds.js';
export { NotificationSources } from './notification-sources.js';
export { NotificationKindsModule } from './notifications.module.js';
export { MOST_EVENTS, Notifier } from './notifier.js';
export type { AskedBy, NewNotification, NotificationSource, Reason, SourceNow, ToldEvent } from './notifier.js';
