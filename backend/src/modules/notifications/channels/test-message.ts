import { v7 as uuidv7 } from 'uuid';
import type { ChannelMessage } from './channel.js';

/** What a test sends: it looks like a notification and is about nothing. @param origin the console's address */
export function testMessage(origin: string): ChannelMessage {
  return {
    notificationId: uuidv7(),
    at: new Date().toISOString(),
    subject: 'A test from Signalbox',
    notification: {
      preheader: 'This channel works.',
      heading: 'A test from Signalbox',
      blocks: [{ type: 'text', text: 'This channel works. Notifications will look like this.' }],
    },
    url: origin,
    reason: { name: 'a test', filter: null, unsubscribeUrl: null },
    locale: 'en',
    timeZone: 'UTC',
    events: [],
    total: 0,
  };
}
