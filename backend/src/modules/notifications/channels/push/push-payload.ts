import { createHash } from 'node:crypto';
import type { Urgency } from 'web-push';
import type { ChannelMessage } from '../channel.js';
import { cut, line, linesOf, linkOf } from '../message-text.js';

const TITLE = 120;
const BODY = 400;
const LINK = 1000;
const DAY = 86_400;

/** What the service worker of the console shows. */
export interface PushPayload {
  title: string;
  body: string;
  /** Where a click leads; null when there is nothing to open. */
  url: string | null;
  notificationId: string;
  /** A newer message of the same tag takes the place of the older one on the screen. */
  tag: string;
}

/** How a push service is to treat a message (RFC 8030, sections 5.2 to 5.4). */
export interface PushHandling {
  /** Seconds for which it is kept for a device that is off. */
  TTL: number;
  urgency: Urgency;
  /** A newer one of the same topic takes the place of what waits; 32 characters of base64url. */
  topic: string;
}

/**
 * The little that a screen shows: at most 3,993 bytes fit into a message (RFC 8291, section 4), and this is under 3,300 in
 * any script.
 */
export function pushPayload(message: ChannelMessage): PushPayload {
  const { subject, notification, notificationId } = message;
  const text = notification.preheader || notification.blocks.flatMap(linesOf).slice(0, 3).join(' · ');
  const link = linkOf(message.url, LINK);
  return {
    title: cut(line(subject), TITLE),
    body: cut(line(text), BODY),
    url: link ?? null,
    notificationId,
    tag: tagOf(message),
  };
}

/** News that nobody waits for right now, such as a digest, need not wake a phone that sleeps. */
export function pushHandling(message: ChannelMessage): PushHandling {
  const topic = createHash('sha256').update(tagOf(message)).digest('base64url').slice(0, 32);
  return { TTL: DAY, urgency: message.total > 1 ? 'low' : 'normal', topic };
}

/** One subject's news replace each other; several subjects' are one message of their own. */
function tagOf({ events, total, notificationId }: ChannelMessage): string {
  const [event] = events;
  return event && total === 1 ? `${event.subjectType}:${event.subjectId}` : notificationId;
}
