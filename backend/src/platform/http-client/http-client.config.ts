import { Config, configClass, list, setting, whole } from '#platform/config/index.js';

/** Where connections to hosts that people name (feeds, mailboxes, webhooks) may go. */
@Config
export class HttpClientConfig extends configClass('http-client', {
  allow: setting(
    'SIGNALBOX_OUTBOUND_ALLOW',
    list(),
    'Private addresses or networks that feeds, mailboxes and webhooks may reach all the same, such as 10.0.0.0/8; none when absent.',
  ),
  timeoutMs: setting(
    'SIGNALBOX_OUTBOUND_TIMEOUT_MS',
    whole(15_000, 100, 300_000),
    'How long one request to a host that a person named may take, answer included.',
  ),
}) {}
