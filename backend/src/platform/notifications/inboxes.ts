import type { InboxItem, UnreadCounts } from '#contract/realtime/index.js';

/** A person's inbox at this moment. */
export interface InboxNow {
  readonly unread: UnreadCounts;
  /** Those of the notifications asked for that the person may see now. */
  readonly notifications: readonly InboxItem[];
}

/** How inboxes stand, for those who show them live. The room of notifications provides it. */
export abstract class Inboxes {
  /** The inboxes of some people, asked in a few statements for all of them. @param asked ids of notifications by person */
  abstract now(asked: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, InboxNow>>;
}
