export { DealsConfig } from './deals.config.js';
export { DealsModule } from './deals.module.js';
