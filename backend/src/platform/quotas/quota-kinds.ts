import { Injectable } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import type { EntityManager } from '#platform/database/index.js';

/** An event as far as its metering looks at it. */
export interface MeteredEvent {
  readonly type: EventType;
  readonly data: unknown;
}

/** Something that a plan may limit. Rooms register theirs at boot; plans name them in their limits. */
export interface QuotaKind {
  /** As plan files write it: `api_calls`. */
  readonly name: string;
  /** For people, in the plural and within a sentence: `API calls`, `members`, `storage`. */
  readonly noun: string;
  readonly unit: 'count' | 'bytes';
  /** Counted anew each calendar month (UTC). Without it, it is what there is now. */
  readonly period?: 'month';
  /** What a person can do, continuing "To make room, …": `remove a subscription`. */
  readonly remedy?: string;
  /** What there is, as the transaction sees it. Absent while no room counts it. */
  used?(em: EntityManager, workspaceId: string): Promise<number>;
  /** What is promised beside it, such as seats of open invitations. */
  reserved?(em: EntityManager, workspaceId: string): Promise<number>;
  /** True when `used` reads many rows: then the figure of the last count is carried on, and `give` must be told of removals. */
  readonly costly?: boolean;
  /** How each type of event changes what there is: by so much. Not for what has a period. */
  readonly metered?: Partial<Record<EventType, (event: MeteredEvent) => number>>;
}

const NAME = /^[a-z][a-z_]{0,39}$/;

/** The kinds of all rooms. */
@Injectable()
export class QuotaKinds {
  private readonly kinds = new Map<string, QuotaKind>();

  /** @throws Error when the name is taken or malformed: a fault of the developer */
  register(kind: QuotaKind): void {
    if (!NAME.test(kind.name)) throw new Error(`"${kind.name}" is no name of a quota.`);
    if (this.kinds.has(kind.name)) throw new Error(`Two quotas are called "${kind.name}".`);
    this.kinds.set(kind.name, kind);
  }

  /** @throws Error when no room registered it; ask `has` about names that people wrote */
  get(name: string): QuotaKind {
    const kind = this.kinds.get(name);
    if (!kind) throw new Error(`No room registered the quota "${name}".`);
    return kind;
  }

  has(name: string): boolean {
    return this.kinds.has(name);
  }

  /** Every kind, in the order of registration. */
  all(): QuotaKind[] {
    return [...this.kinds.values()];
  }
}
