import type { ToldEvent } from '#contract/realtime/index.js';
import type { auditEventsList, Item } from '../api';

/** An event of the workspace's log, told live or read from its trail. */
export interface Happened {
  readonly id: string;
  /** In the log; grows. */
  readonly position: number;
  /** RFC 3339. */
  readonly at: string;
  readonly type: string;
  readonly actor: {
    readonly kind: string;
    readonly id: string | null;
    readonly userId: string | null;
    readonly name?: string | null;
  };
  readonly subject: { readonly type: string; readonly id: string };
  /** Null where it was erased with the person whom it told of. */
  readonly data: Readonly<Record<string, unknown>> | null;
  /** A general sentence on its type, from the server. */
  readonly about?: string | null;
}

export const told = ({ occurredAt, ...event }: ToldEvent): Happened => ({ ...event, at: occurredAt });

export const trailed = (event: Item<typeof auditEventsList>): Happened => event as Happened;
