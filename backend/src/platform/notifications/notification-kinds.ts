import { Injectable } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import type { MailContent } from '#platform/mail/index.js';

/** Who reads a notification, as far as its wording depends on it. */
export interface Recipient {
  /** BCP 47. */
  readonly locale: string;
  /** IANA. */
  readonly timeZone: string;
}

/** What a notification says, whatever the channel. */
export interface Notification extends Pick<MailContent, 'preheader' | 'heading' | 'blocks'> {
  readonly subject: string;
}

/** How events of one type are told to people. */
export interface NotificationKind<T extends EventType = EventType> {
  readonly type: T;
  tell(event: LogEvent<T>, recipient: Recipient): Notification;
}

/** How each event is told: rooms register theirs at boot, so that the room that delivers imports none of them. */
@Injectable()
export class NotificationKinds {
  private readonly kinds = new Map<EventType, NotificationKind['tell']>();

  /** @throws Error when the type has a kind already: a fault of the developer */
  register<T extends EventType>(kind: NotificationKind<T>): void {
    if (this.kinds.has(kind.type)) throw new Error(`Two notification kinds tell of "${kind.type}".`);
    this.kinds.set(kind.type, kind.tell.bind(kind) as NotificationKind['tell']);
  }

  /** @throws Error when no room says how events of this type are told */
  tell(event: LogEvent, recipient: Recipient): Notification {
    const kind = this.kinds.get(event.type);
    if (!kind) throw new Error(`No room says how to tell of "${event.type}".`);
    return kind(event, recipient);
  }
}
