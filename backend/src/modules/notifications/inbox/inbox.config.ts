import { z } from 'zod';
import { Config, configClass, setting } from '#platform/config/index.js';

/** How long inboxes keep what is done with. */
@Config
export class InboxConfig extends configClass('inbox', {
  keepDays: setting(
    'SIGNALBOX_INBOX_KEEP_DAYS',
    z.coerce.number().int().min(1).max(3650).default(90),
    'Days after which archived notifications are removed, with what is known of their deliveries. Others are kept.',
  ),
}) {}
