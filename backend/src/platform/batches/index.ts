export { Batches } from './batches.js';
export type { BatchOptions } from './batches.js';
