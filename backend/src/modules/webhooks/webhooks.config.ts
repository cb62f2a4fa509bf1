import { Config, configClass, setting, whole } from '#platform/config/index.js';

/** Settings of webhooks. */
@Config
export class WebhooksConfig extends configClass('webhooks', {
  timeoutMs: setting(
    'SIGNALBOX_WEBHOOK_TIMEOUT_MS',
    whole(15_000, 100, 60_000),
    'How long a webhook endpoint may take for its answer, in milliseconds.',
  ),
  perEndpoint: setting(
    'SIGNALBOX_WEBHOOK_CONCURRENCY',
    whole(16, 1, 256),
    'Requests to one webhook endpoint that may be under way at once.',
  ),
  inFlight: setting(
    'SIGNALBOX_WEBHOOK_IN_FLIGHT',
    whole(2_000, 10, 20_000),
    'Requests to all webhook endpoints that one process may have under way at once.',
  ),
  incomingPerMinute: setting(
    'SIGNALBOX_WEBHOOK_INCOMING_PER_MINUTE',
    whole(600, 1, 1_000_000),
    'Requests a minute that one incoming webhook takes, whatever addresses they come from.',
  ),
  inboxPerMinute: setting(
    'SIGNALBOX_WEBHOOK_INBOX_PER_MINUTE',
    whole(120, 1, 1_000_000),
    'Requests a minute that one debugging inbox takes.',
  ),
  keepDays: setting(
    'SIGNALBOX_WEBHOOK_KEEP_DAYS',
    whole(30, 1, 3_650),
    'Days that the history of webhooks stays visible, and can be sent again.',
  ),
}) {}
