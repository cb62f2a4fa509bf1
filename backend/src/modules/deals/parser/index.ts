export { minorDigits, toMajor, toMinor } from './currencies.js';
export { readableHtml } from './normalise.js';
export { OllamaExtractor, type Extraction, type OllamaOptions } from './ollama.js';
export { parseDeals } from './parse-deals.js';
export type * from './types.js';
export { groundedDeals } from './verify.js';
