import { Injectable } from '@nestjs/common';
import type { LogEvent } from '#platform/event-log/index.js';
import type { MailBlock } from '#platform/mail/index.js';
import {
  NotificationKinds,
  type NewNotification,
  type Notification,
  type Recipient,
} from '#platform/notifications/index.js';
import { wordsFor } from './words.js';

/** What is to be told: so many events came, these of them can be shown. */
export interface Told {
  readonly form: NewNotification['form'];
  readonly total: number;
  /** Oldest first, at least one. */
  readonly events: readonly LogEvent[];
  /** What asked for it. */
  readonly name: string;
}

/** More events than this are only counted in a message. */
const SHOWN = 10;

/** Says what a notification tells, for one reader: one event as its kind says it, several as a list of them. */
@Injectable()
export class Messages {
  constructor(private readonly kinds: NotificationKinds) {}

  /** @param told at least one event */
  compose({ form, total, events, name }: Told, to: Recipient): Notification {
    const words = wordsFor(to.locale);
    const newest = this.kinds.tell(events.at(-1)!, to);
    if (total === 1) return newest;
    const shown = events.slice(-SHOWN).reverse();
    const rest = total - shown.length;
    const blocks = leads(shown.map((event) => this.kinds.tell(event, to)));
    return {
      subject: form === 'digest' ? words.digest(name, total) : words.burst(newest.subject, total - 1),
      heading: form === 'digest' ? words.digestHeading(total) : newest.heading,
      preheader: form === 'digest' ? newest.subject : words.moreLikeThis(total - 1),
      blocks: rest > 0 ? [...blocks, { type: 'text', tone: 'muted', text: words.more(rest) }] : blocks,
    };
  }
}

/** What stands for each of several: its card, or else its one line in a list. */
function leads(told: readonly Notification[]): MailBlock[] {
  const blocks: MailBlock[] = [];
  for (const { subject, blocks: own } of told) {
    const card = own.find(({ type }) => type === 'card');
    const last = blocks.at(-1);
    if (card) blocks.push(card);
    else if (last?.type === 'list') last.items.push({ text: subject });
    else blocks.push({ type: 'list', items: [{ text: subject }] });
  }
  return blocks;
}
