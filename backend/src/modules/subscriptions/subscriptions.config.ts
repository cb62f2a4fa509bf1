import { Config, configClass, setting, whole } from '#platform/config/index.js';

/** How subscriptions gather what comes together. */
@Config
export class SubscriptionsConfig extends configClass('subscriptions', {
  burstMatches: setting(
    'SIGNALBOX_BURST_MATCHES',
    whole(5, 1, 1_000_000),
    'So many notifications of one subscription within the window come one by one; what comes then is told together.',
  ),
  burstWindowMs: setting(
    'SIGNALBOX_BURST_WINDOW_MS',
    whole(60_000, 100, 3_600_000),
    'Milliseconds in which matches of one subscription count as coming together, and after which they are told.',
  ),
  releaseMs: setting(
    'SIGNALBOX_SUBSCRIPTIONS_RELEASE_MS',
    whole(1_000, 20, 60_000),
    'Milliseconds between looks for digests and other waiting matches that are due.',
  ),
  keepDays: setting('SIGNALBOX_MATCHES_KEEP_DAYS', whole(180, 30, 3_650), 'Days that is known what became of a match.'),
}) {}
