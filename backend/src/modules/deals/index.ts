export { DealsConfig } from './deals.config.js';
export { DealsModule } from './deals.module.js';
export { parseDeals, toMajor, type ParsedDeal } from './parser/index.js';
