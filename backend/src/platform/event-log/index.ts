export { EventLog } from './event-log.js';
export { EventRefused, LogOperationRefused } from './event-log.errors.js';
export { EventLogModule } from './event-log.module.js';
export { LogReader } from './log-reader.js';
export type { LogReaderOptions, ReadsLog } from './log-reader.js';
export { SYSTEM_WORKSPACE } from './types.js';
export type { EventScope, LogEvent, RecordedEvent } from './types.js';
