import { Config, configClass, setting, url, whole } from '#platform/config/index.js';

/** Settings of the PostgreSQL connection. Times are milliseconds. */
@Config
export class DatabaseConfig extends configClass('database', {
  url: setting(
    'DATABASE_URL',
    url('postgresql', 'postgres'),
    'PostgreSQL 16 or newer. `npm start` runs an embedded one when absent.',
    true,
  ),
  poolSize: setting('SIGNALBOX_DATABASE_POOL', whole(20, 4, 500), 'Connections of one process.'),
  statementTimeoutMs: setting(
    'SIGNALBOX_STATEMENT_TIMEOUT_MS',
    whole(30_000, 100, 3_600_000),
    'A statement that runs longer is cancelled.',
  ),
  slowQueryMs: setting('SIGNALBOX_SLOW_QUERY_MS', whole(250, 1, 60_000), 'A statement that takes longer is logged.'),
}) {}
