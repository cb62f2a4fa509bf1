import type { LogEvent } from '#platform/event-log/index.js';
import type { Notification, Recipient } from '#platform/notifications/index.js';
import { failureWords } from './failure-words.js';

/** Tells of a notification that did not arrive. */
export function tellFailure({ data }: LogEvent<'delivery.failed'>, { locale }: Recipient): Notification {
  const words = failureWords(locale);
  return {
    subject: words.subjects[data.channel] ?? words.subject(data.channel),
    heading: words.heading,
    preheader: data.reason,
    blocks: [
      { type: 'text', text: words.kept },
      { type: 'text', tone: 'strong', text: data.reason },
      ...(data.channel === 'mail' ? [{ type: 'text', tone: 'muted', text: words.mail } as const] : []),
    ],
  };
}
