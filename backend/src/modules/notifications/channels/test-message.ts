import { v7 as uuidv7 } from 'uuid';
import type { Recipient } from '#platform/notifications/index.js';
import type { ChannelMessage } from './channel.js';
import { testWords } from './test-words.js';

/** What a test sends: it looks like a notification and is about nothing. @param origin the console's address */
export function testMessage(
  origin: string,
  { locale, timeZone }: Pick<Recipient, 'locale' | 'timeZone'>,
): ChannelMessage {
  const { subject, preheader, text, reason } = testWords(locale);
  return {
    notificationId: uuidv7(),
    at: new Date().toISOString(),
    subject,
    notification: {
      preheader,
      heading: subject,
      blocks: [{ type: 'text', text }],
    },
    url: origin,
    reason: { name: reason, filter: null, unsubscribeUrl: null },
    locale,
    timeZone,
    events: [],
    total: 0,
  };
}
