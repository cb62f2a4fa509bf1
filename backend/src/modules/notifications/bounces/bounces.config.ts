import { Config, configClass, setting, whole } from '#platform/config/index.js';

/** When an address that mail comes back from is given up. One that does not exist is given up at once. */
@Config
export class BouncesConfig extends configClass('bounces', {
  most: setting(
    'SIGNALBOX_BOUNCES',
    whole(3, 1, 100),
    'Mails that may come back from an address for passing reasons, such as a full mailbox, before it gets no more notifications.',
  ),
  days: setting('SIGNALBOX_BOUNCE_DAYS', whole(14, 1, 90), 'Days within which they are counted.'),
}) {}
