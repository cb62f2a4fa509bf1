export type { ChannelMessage } from './channels/channel.js';
export { deliveries, mailPreview } from './deliveries/deliveries.schemas.js';
export { NotificationsApi } from './notifications.api.js';
export { NotificationsModule } from './notifications.module.js';
