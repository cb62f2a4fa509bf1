import { Config, configClass, setting, url, whole } from '#platform/config/index.js';

/** Alerts are repeated for more than a day, and read their event each time. */
const LEAST_DAYS = 7;
const MOST_DAYS = 36_500;

/** Settings of the event log. Times are milliseconds. */
@Config
export class EventLogConfig extends configClass('event log', {
  directUrl: setting(
    'SIGNALBOX_DATABASE_DIRECT_URL',
    url('postgresql', 'postgres').optional(),
    'PostgreSQL without a pooler in between, for LISTEN and the sealer; DATABASE_URL when absent.',
    true,
  ),
  pollMs: setting(
    'SIGNALBOX_LOG_POLL_MS',
    whole(1000, 10, 60_000),
    'How often the sealer and the readers look by themselves, in case a wake-up was lost.',
  ),
  partitionsAhead: setting(
    'SIGNALBOX_LOG_PARTITIONS_AHEAD',
    whole(1, 1, 10),
    'Partitions of the log that are made before they are needed.',
  ),
  keepDays: setting(
    'SIGNALBOX_LOG_KEEP_DAYS',
    whole(7, LEAST_DAYS, MOST_DAYS).unwrap().optional(),
    'Days after which events are removed from the log, once every reader has read them; all are kept when absent.',
  ),
}) {}
