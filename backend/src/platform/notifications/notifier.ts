import type { Permission } from '#platform/access/index.js';
import type { EntityManager } from '#platform/database/index.js';
import type { LogEvent } from '#platform/event-log/index.js';
import type { Span } from '#contract/filter/index.js';

/** An event that a notification tells of, as its reader has it at hand. */
export type ToldEvent = Pick<LogEvent, 'id' | 'position' | 'type' | 'subjectType' | 'subjectId' | 'scope'>;

/** Why somebody is told: the filter's text when it matched, and where in it the terms stand that were true. */
export interface Reason {
  readonly filter: string;
  readonly terms: readonly Span[];
}

/** What asked for a notification; its room has registered a `NotificationSource` of this type. */
export interface AskedBy {
  readonly type: string;
  readonly id: string;
  /** The subscription that its deliveries are listed with, where that is not the source itself: that of a part in a shared one. */
  readonly subscriptionId?: string;
}

/** Something to tell one person of. */
export interface NewNotification {
  /** uuid v7, chosen by the caller: the same one twice is one notification. */
  readonly id: string;
  readonly workspaceId: string;
  readonly userId: string;
  /** What asked for it, such as a subscription. Null: the product by itself. */
  readonly source: AskedBy | null;
  /** The events told of, oldest first, at least one; of a long digest the newest `MOST_EVENTS`. */
  readonly events: readonly ToldEvent[];
  /** How many it stands for, those left out of `events` included. */
  readonly total: number;
  /** `digest`: they were gathered over a while; `burst`: they came together; `single`: one event. */
  readonly form: 'single' | 'burst' | 'digest';
  /** Of the first event; null where nobody's filter asked. */
  readonly reason: Reason | null;
  /**
   * Where it goes beside the inbox: `mail`, `push`, or ids of chat and webhook channels. Null: as the person prefers for
   * news of this kind, in the project of its newest event or else in the workspace.
   */
  readonly channels: readonly string[] | null;
}

/** More events than this are only counted. */
export const MOST_EVENTS = 50;

/**
 * Tells people: a row in their inbox, and one delivery for each channel, in the caller's transaction. The room of
 * notifications provides it.
 */
export abstract class Notifier {
  /**
   * Events that the person may not see at this moment are left out, and a notification of no event is not made.
   *
   * @returns the ids of those that were told, now or before
   */
  abstract notify(em: EntityManager, notifications: readonly NewNotification[]): Promise<ReadonlySet<string>>;

  /** Those of some events that a person may see at this moment; type and scope decide. */
  abstract seen<E extends Pick<ToldEvent, 'type' | 'scope'>>(
    em: EntityManager,
    who: { workspaceId: string; userId: string },
    events: readonly E[],
  ): Promise<E[]>;

  /**
   * Checks the channels that a person chose.
   *
   * @throws ValidationFailed naming the one that does not exist, or is not theirs to use in this workspace
   */
  abstract checkChannels(who: { workspaceId: string; userId: string }, channels: readonly string[]): Promise<void>;
}

/** What a source says of itself when one of its notifications is about to leave. */
export interface SourceNow {
  /** For people: the name of the subscription. */
  readonly name: string;
  /** Why it does not want to be heard any more, as a sentence; null while it does. */
  readonly silent: string | null;
  /** What the person must hold beside seeing the event. */
  readonly permission: Permission;
  /** A link that ends it without signing in; also the target of one-click unsubscription (RFC 8058). */
  readonly unsubscribeUrl: string;
}

/** A kind of thing that asks for notifications. Rooms register theirs, so that the room that sends imports none. */
export interface NotificationSource {
  /** Such as `subscription`. */
  readonly type: string;
  /** Undefined when it is gone without a trace. */
  now(id: string): Promise<SourceNow | undefined>;
}
