import { Injectable } from '@nestjs/common';
import type { EventData, EventType } from '#contract/events/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import type { MailContent } from '#platform/mail/index.js';

/** Who reads a notification, as far as its wording depends on it. */
export interface Recipient {
  /** BCP 47. */
  readonly locale: string;
  /** IANA. */
  readonly timeZone: string;
  /** What people are called who are mentioned in what is told, by id; those who are not in it are nobody in particular. */
  readonly names?: ReadonlyMap<string, string>;
}

/** What a notification says, whatever the channel. */
export interface Notification extends Pick<MailContent, 'preheader' | 'heading' | 'blocks'> {
  readonly subject: string;
}

/** How events of one type are told to people. */
export interface NotificationKind<T extends EventType = EventType> {
  readonly type: T;
  tell(event: LogEvent<T>, recipient: Recipient): Notification;
  /** The data of an event as it may look, for previews; made from the schema when absent. */
  readonly example?: EventData<T>;
}

/** How each event is told: rooms register theirs at boot, so that the room that delivers imports none of them. */
@Injectable()
export class NotificationKinds {
  private readonly kinds = new Map<EventType, NotificationKind['tell']>();
  private readonly examples = new Map<EventType, unknown>();
  private fallback?: NotificationKind['tell'];

  /** @throws Error when the type has a kind already: a fault of the developer */
  register<T extends EventType>(kind: NotificationKind<T>): void {
    if (this.kinds.has(kind.type)) throw new Error(`Two notification kinds tell of "${kind.type}".`);
    this.kinds.set(kind.type, kind.tell.bind(kind) as NotificationKind['tell']);
    if (kind.example !== undefined) this.examples.set(kind.type, kind.example);
  }

  /** Says how events are told whose types have no kind. */
  fallBackTo(tell: (event: LogEvent, recipient: Recipient) => Notification): void {
    this.fallback = tell;
  }

  /** The example that the type's room gave, if it did. */
  exampleOf(type: EventType): unknown {
    return this.examples.get(type);
  }

  /** @throws Error when no room says how events of this type are told */
  tell(event: LogEvent, recipient: Recipient): Notification {
    const kind = this.kinds.get(event.type) ?? this.fallback;
    if (!kind) throw new Error(`No room says how to tell of "${event.type}".`);
    return kind(event, recipient);
  }
}
