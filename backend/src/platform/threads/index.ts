export { startThread } from './start-thread.js';
export { ThreadPool } from './thread-pool.js';
export type { ThreadInput, ThreadPoolOptions } from './thread-pool.js';
export { TaskFailed, ThreadsBusy, ThreadTimeout } from './threads.errors.js';
