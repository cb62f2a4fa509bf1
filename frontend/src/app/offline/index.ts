export { lastSeen } from './last-seen';
export { Outbox, outbox, WHEN_BACK } from './outbox';
export { pastWorker } from './past-worker';
export { Updates } from './updates';
