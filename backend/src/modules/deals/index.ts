export { DealsConfig } from './deals.config.js';
export { DealsModule } from './deals.module.js';
export { parseDeals, toMajor, type ParsedDeal } from './parser/index.js';
export { SmtpReceiver } from './sources/smtp/smtp-receiver.js';
export type { SourceView } from './sources/sources.schemas.js';
export { splitMbox } from './sources/upload/split-mbox.js';
