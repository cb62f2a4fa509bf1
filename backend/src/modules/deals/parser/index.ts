export { minorDigits, toMajor, toMinor } from './currencies.js';
export { readableHtml } from './normalise.js';
export { parseDeals } from './parse-deals.js';
export type * from './types.js';
