export { FilterContexts, placeResolver } from './filter-contexts.js';
export type { FilterOwner } from './filter-contexts.js';
export { dataOf, FilterTargets } from './filter-targets.js';
export type { FilterTarget, TargetEvent } from './filter-targets.js';
export { FiltersConfig } from './filters.config.js';
export { FiltersModule } from './filters.module.js';
export { FilterRefused, readFilter } from './read-filter.js';
