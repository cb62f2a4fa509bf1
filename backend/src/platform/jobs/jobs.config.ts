import { Config, configClass, setting, whole } from '#platform/config/index.js';

/** Settings of the jobs. */
@Config
export class JobsConfig extends configClass('jobs', {
  sweepMs: setting(
    'SIGNALBOX_JOBS_SWEEP_MS',
    whole(2_000, 20, 60_000),
    'How often, in milliseconds, due jobs are looked for that no worker was told of; also the precision of delays.',
  ),
  keepDays: setting('SIGNALBOX_JOBS_KEEP_DAYS', whole(7, 1, 3_650), 'Days that finished jobs stay visible.'),
  drainMs: setting(
    'SIGNALBOX_JOBS_DRAIN_MS',
    whole(10_000, 0, 300_000),
    'How long, in milliseconds, a stopping process waits for its running jobs; what takes longer is repeated elsewhere.',
  ),
  circuitFailures: setting(
    'SIGNALBOX_CIRCUIT_FAILURES',
    whole(5, 1, 1_000),
    'Consecutive failures after which jobs for one destination wait, and one at a time tries whether it is back.',
  ),
  circuitFirstMs: setting(
    'SIGNALBOX_CIRCUIT_FIRST_MS',
    whole(10_000, 10, 3_600_000),
    'How long, in milliseconds, a destination is left alone at first; it doubles with each failed try.',
  ),
  circuitLongestMs: setting(
    'SIGNALBOX_CIRCUIT_LONGEST_MS',
    whole(300_000, 10, 86_400_000),
    'The longest time, in milliseconds, that a destination is left alone between two tries.',
  ),
}) {}
