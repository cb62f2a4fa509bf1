import type { ChannelMessage } from '../channel.js';
import { cut, line, linesOf } from '../message-text.js';

const LONGEST_TEXT = 20_000;

/**
 * What a webhook is sent, as JSON: `type`, `timestamp` and `data`, as Standard Webhooks recommends. The same on every attempt, as
 * far as its events are: the time is the notification's, when this attempt was made stands in the header.
 */
export function webhookBody(message: ChannelMessage): string {
  const { notification, reason } = message;
  return JSON.stringify({
    type: 'notification.sent',
    timestamp: message.at,
    data: {
      id: message.notificationId,
      subject: line(message.subject),
      heading: notification.heading,
      text: cut(notification.blocks.flatMap(linesOf).join('\n'), LONGEST_TEXT),
      url: message.url,
      reason: { name: reason.name, filter: reason.filter },
      locale: message.locale,
      timeZone: message.timeZone,
      total: message.total,
      events: message.events.map(({ id, type, position, subjectType, subjectId }) => ({
        id,
        type,
        position,
        subjectType,
        subjectId,
      })),
    },
  });
}
