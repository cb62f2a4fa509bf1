import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { EventData } from '#contract/events/index.js';

const DAY_MS = 86_400_000;
/** More than clocks differ. */
const MINUTE_MS = 60_000;

const LIVE = ['active', 'trialing', 'past_due', 'unpaid', 'paused'];

/** True when a subscription of that status runs, well or badly. */
export function runs(status: string | null): boolean {
  return status !== null && LIVE.includes(status);
}

/** A subscription as the payment provider says it is. */
export interface PaidSubscription {
  id: string;
  /** In the provider's words: `active`, `past_due`, `canceled`, … */
  status: string;
  /** Null when its price is for no plan of ours. */
  plan: string | null;
  periodEndsAt: Date | null;
  /** When it ends, if that is decided. */
  endsAt: Date | null;
}

/** What a look at the subscription came to. */
export interface Settlement {
  /** The plan that is paid for now; null for none. */
  paid: string | null;
  reason: EventData<'plan.changed'>['reason'];
  /** What is new about the payments. */
  news?: 'failed' | 'recovered';
}

/** Who pays for a workspace, and how that stands. */
@Entity({ tableName: 'billing' })
export class Billing {
  @PrimaryKey({ type: 'uuid' })
  workspaceId!: string;

  /** The provider's id of who pays. */
  @Property({ type: 'text' })
  customerId!: string;

  @Property({ type: 'text', nullable: true })
  subscriptionId: string | null = null;

  @Property({ type: 'text', nullable: true })
  status: string | null = null;

  /** What was paid for last. */
  @Property({ type: 'text', nullable: true })
  plan: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  periodEndsAt: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  endsAt: Date | null = null;

  /** Since when payments fail; the plan stays until the grace ends. */
  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  failingSince: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  graceUntil: Date | null = null;

  /** Counts what the provider told us of; `synced` says how much of that was looked after. */
  @Property({ type: 'integer' })
  wanted = 0;

  @Property({ type: 'integer' })
  synced = 0;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  syncedAt: Date | null = null;

  /** True when the subscription runs, well or badly. */
  get live(): boolean {
    return runs(this.status);
  }

  /**
   * Takes what the provider says of the subscription; null when there is none.
   *
   * @param wanted what it had told us of when it was asked: an answer that is older than another one is passed over
   * @returns undefined when it was passed over
   */
  settle(
    found: PaidSubscription | null,
    { wanted, graceDays, now }: { wanted: number; graceDays: number; now: Date },
  ): Settlement | undefined {
    if (wanted < this.synced) return undefined;
    this.synced = wanted;
    this.syncedAt = now;
    this.subscriptionId = found?.id ?? this.subscriptionId;
    this.status = found?.status ?? null;
    this.periodEndsAt = found?.periodEndsAt ?? null;
    this.endsAt = found?.endsAt ?? null;
    // A price that the settings do not name any more: who pays it keeps what they have.
    if (found?.plan) this.plan = found.plan;
    switch (this.status) {
      case 'active':
      case 'trialing':
        return this.pays();
      case 'past_due':
        return this.owes(graceDays, now);
      default:
        return this.ends(this.status === 'unpaid' ? 'unpaid' : 'cancelled');
    }
  }

  /** When to look again, whatever is heard: a moment after the grace ends, or a day after the period did. */
  nextLook(now: Date): Date | null {
    if (this.graceUntil && this.graceUntil > now) return new Date(this.graceUntil.getTime() + MINUTE_MS);
    if (!this.live || !this.periodEndsAt) return null;
    return new Date(Math.max(this.periodEndsAt.getTime(), now.getTime()) + DAY_MS);
  }

  private pays(): Settlement {
    const news = this.failingSince ? ({ news: 'recovered' } as const) : {};
    this.forgive();
    return { paid: this.plan, reason: 'paid', ...news };
  }

  private owes(graceDays: number, now: Date): Settlement {
    const news = this.failingSince ? {} : ({ news: 'failed' } as const);
    this.failingSince ??= now;
    this.graceUntil ??= new Date(now.getTime() + graceDays * DAY_MS);
    return { paid: now < this.graceUntil ? this.plan : null, reason: 'unpaid', ...news };
  }

  private ends(reason: 'unpaid' | 'cancelled'): Settlement {
    this.forgive();
    return { paid: null, reason };
  }

  private forgive(): void {
    this.failingSince = null;
    this.graceUntil = null;
  }
}
