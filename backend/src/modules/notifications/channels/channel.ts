import { Injectable } from '@nestjs/common';
import type { Notification, ToldEvent } from '#platform/notifications/index.js';

/** What a channel says, whatever its look: made from the events when it is sent. */
export interface ChannelMessage {
  /** Goes out with every attempt, so that the other side can tell repeats. */
  readonly notificationId: string;
  /** When there was something to tell, as RFC 3339. */
  readonly at: string;
  /** One line. */
  readonly subject: string;
  readonly notification: Pick<Notification, 'preheader' | 'heading' | 'blocks'>;
  /** Leads into the console. */
  readonly url: string;
  /** What asked for it: its name, the filter that matched, and where it can be ended without signing in. */
  readonly reason: {
    readonly name: string;
    readonly filter: string | null;
    readonly unsubscribeUrl: string | null;
  };
  /** BCP 47. */
  readonly locale: string;
  /** IANA. */
  readonly timeZone: string;
  /** The events told of, oldest first; of many the newest. */
  readonly events: readonly ToldEvent[];
  /** How many it stands for, those left out of `events` included. */
  readonly total: number;
}

/** The kinds of channels that have rows of their own, beside the mail to a person's address. */
export const CHANNEL_KINDS = ['push', 'slack', 'discord', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Takes messages to where a channel leads: a browser, a chat, an address. `S`: the opened settings of one row. */
export interface ChannelDriver<S = unknown> {
  readonly kind: ChannelKind;
  /**
   * @returns the other side's own words
   * @throws PermanentFailure what no repetition helps against: it stops, and the owner is told
   * @throws RetryLater, or anything else, what is tried again with backoff
   */
  send(settings: S, message: ChannelMessage, signal: AbortSignal): Promise<{ response: string }>;
}

/** The drivers of this process: each registers itself at boot. */
@Injectable()
export class ChannelDrivers {
  private readonly drivers = new Map<ChannelKind, ChannelDriver>();

  /** @throws Error when the kind has a driver: a fault of the developer */
  register<S>(driver: ChannelDriver<S>): void {
    if (this.drivers.has(driver.kind)) throw new Error(`Two drivers take messages to "${driver.kind}".`);
    this.drivers.set(driver.kind, driver as ChannelDriver);
  }

  /** Undefined for a kind that this process cannot serve. */
  get(kind: string): ChannelDriver | undefined {
    return this.drivers.get(kind as ChannelKind);
  }
}
