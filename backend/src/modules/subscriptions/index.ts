export { Listeners } from './listening/listeners.js';
export type { SeatListener } from './listening/listener.js';
export { SubscriptionsModule } from './subscriptions.module.js';
