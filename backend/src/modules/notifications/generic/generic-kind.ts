import { Injectable, type OnModuleInit } from '@nestjs/common';
import { eventCatalogue } from '#contract/events/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import { NotificationKinds, type Notification, type Recipient } from '#platform/notifications/index.js';
import { eventWords } from './event-words.js';
import { genericWords } from './generic-words.js';

/** What names a subject in the data of its events, the best first. */
const NAMES = ['name', 'title', 'subject', 'email', 'key'];
const NAME_LENGTH = 120;

/** Tells of events whose room has no words of its own for them: what happened, who did it, to what, and when. */
@Injectable()
export class GenericKind implements OnModuleInit {
  constructor(private readonly kinds: NotificationKinds) {}

  onModuleInit(): void {
    this.kinds.fallBackTo(tellAnything);
  }
}

/** The wording that every type of event has. */
export function tellAnything(event: LogEvent, to: Recipient): Notification {
  const words = genericWords(to.locale);
  const about = (eventWords(to.locale)[event.type] ?? eventCatalogue[event.type].about).replace(/[.。]$/u, '');
  const name = nameIn(event.data);
  const when = new Intl.DateTimeFormat(to.locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: to.timeZone });
  return {
    subject: name === undefined ? about : words.sentence(about, name),
    heading: about,
    preheader: name ?? '',
    blocks: [
      {
        type: 'keyvalues',
        rows: [
          ...(name === undefined ? [] : [{ key: words.what, value: name }]),
          { key: words.who, value: actorOf(event, to) },
          { key: words.when, value: when.format(event.occurredAt) },
        ],
      },
    ],
  };
}

function actorOf({ actor }: LogEvent, { locale, names }: Recipient): string {
  const words = genericWords(locale);
  if (actor.kind === 'system') return words.instance;
  if (actor.kind === 'service_account') return words.key;
  return (actor.userId === null ? undefined : names?.get(actor.userId)) ?? words.somebody;
}

/** The subject's name, in one line: after a change, the one that it has since. */
function nameIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const fields = data as Record<string, unknown>;
  const own = NAMES.map((name) => fields[name]).find((value) => typeof value === 'string' && value.trim() !== '');
  if (typeof own !== 'string') return nameIn(fields['after']);
  const line = own.replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();
  return line.length > NAME_LENGTH ? `${[...line].slice(0, NAME_LENGTH - 1).join('')}…` : line;
}
