// What specs of channels send, and send with.
import { v7 as uuidv7 } from 'uuid';
import type { ChannelMessage } from '#modules/notifications/index.js';
import { GuardedConnections, HttpClient, type HttpClientConfig } from '#platform/http-client/index.js';

/** A message about one event; `part` replaces what a spec is about. */
export function channelMessage(part: Partial<ChannelMessage> = {}): ChannelMessage {
  return {
    notificationId: uuidv7(),
    at: '2026-03-01T08:00:00.000Z',
    subject: 'Found: New York to Lisbon for 312 USD',
    notification: {
      preheader: 'Nonstop, in March.',
      heading: 'New York to Lisbon for 312 USD',
      blocks: [
        { type: 'text', text: 'A deal was found.' },
        { type: 'keyvalues', rows: [{ key: 'From', value: 'New York (NYC)' }] },
        { type: 'button', label: 'See the deal', url: 'https://signalbox.example.com/deals/1' },
      ],
    },
    url: 'https://signalbox.example.com/inbox/1',
    reason: {
      name: 'Lisbon under 400',
      filter: 'destination:LIS',
      unsubscribeUrl: 'https://signalbox.example.com/u/1',
    },
    locale: 'en-GB',
    timeZone: 'Europe/Berlin',
    events: [
      {
        id: uuidv7(),
        position: 7,
        type: 'deal.found',
        subjectType: 'deal',
        subjectId: uuidv7(),
        scope: { kind: 'workspace' },
      },
    ],
    total: 1,
    ...part,
  };
}

/** A client that reaches loopback and nothing else that is private. */
export function loopbackClient(allow = ['127.0.0.1'], timeoutMs = 5000): HttpClient {
  const config = { allow, timeoutMs } as HttpClientConfig;
  return new HttpClient(new GuardedConnections(config), config);
}
