export { NotificationKinds } from './notification-kinds.js';
export type { Notification, NotificationKind, Recipient } from './notification-kinds.js';
export { NotificationKindsModule } from './notifications.module.js';
