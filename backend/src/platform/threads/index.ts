export { startThread } from './start-thread.js';
export { TaskFailed, ThreadPool, ThreadTimeout } from './thread-pool.js';
export type { ThreadPoolOptions } from './thread-pool.js';
