import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import { kept, type Plan, planOf } from '../plans/plan.js';

/** What is chosen for a subscription. */
export interface SubscriptionChoice extends Plan {
  readonly name: string;
  readonly filter: string;
  readonly paused: boolean;
  readonly snoozedUntil: Date | null;
  readonly expiresAt: Date | null;
}

/** A filter over a target that one person wants to hear of, or that a workspace offers to its members. */
@Entity({ tableName: 'subscription' })
export class Subscription {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  /** Null for a shared one, which is the workspace's own. */
  @Property({ type: 'uuid', nullable: true })
  userId!: string | null;

  @Property({ type: 'text' })
  name!: string;

  /** The name of a filter target: `deal`. */
  @Property({ type: 'text' })
  target!: string;

  /** The filter as it was written. */
  @Property({ type: 'text' })
  filter!: string;

  @Property({ type: 'boolean' })
  paused = false;

  /** What of its plan differs from telling everything at once. */
  @Property({ type: 'json', columnType: 'jsonb' })
  plan: Partial<Plan> = {};

  /** Whoever chose the channels of a shared one: only they may say where their notifications are posted. */
  @Property({ type: 'uuid', nullable: true })
  channelsBy: string | null = null;

  /** What matches meanwhile is told when this is over. */
  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  snoozedUntil: Date | null = null;

  /** From then on it hears nothing. */
  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  expiresAt: Date | null = null;

  /** Grows with every change; the ETag. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  removedAt: Date | null = null;

  /** A new subscription; it hears what happens from now on. */
  static open(
    owner: { workspaceId: string; userId: string | null },
    target: string,
    choice: SubscriptionChoice,
    now = new Date(),
  ): Subscription {
    const made = Object.assign(new Subscription(), owner, { id: uuidv7(), target, createdAt: now, updatedAt: now });
    made.choose(choice);
    return made;
  }

  get shared(): boolean {
    return this.userId === null;
  }

  /** Everything that was chosen. */
  get choice(): SubscriptionChoice {
    const { name, filter, paused, snoozedUntil, expiresAt } = this;
    return { ...planOf(this.plan), name, filter, paused, snoozedUntil, expiresAt };
  }

  /** Applies a change. @returns false when it changes nothing */
  change(choice: Partial<SubscriptionChoice>, now = new Date()): boolean {
    const before = JSON.stringify(this.choice);
    const wanted = Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
    const after: SubscriptionChoice = { ...this.choice, ...wanted };
    if (JSON.stringify(after) === before) return false;
    this.choose(after);
    this.version++;
    this.updatedAt = now;
    return true;
  }

  /** Of a shared one: who chose where it tells. */
  channelsChosenBy(userId: string): void {
    if (this.shared) this.channelsBy = this.plan.channels ? userId : null;
  }

  /** Removes it; what it sent stays known. */
  remove(now = new Date()): void {
    this.removedAt = now;
    this.updatedAt = now;
    this.version++;
  }

  /** What its events carry. */
  told(): EventData<'subscription.created'> {
    const { name, target, filter, paused, shared, snoozedUntil, expiresAt } = this;
    const times = {
      ...(snoozedUntil && { snoozedUntil: snoozedUntil.toISOString() }),
      ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    };
    const { channels, ...plan } = this.plan;
    return {
      name,
      target,
      filter,
      paused,
      ...(shared && { shared }),
      ...plan,
      ...times,
      ...(channels && { channels: [...channels] }),
    };
  }

  private choose({ name, filter, paused, snoozedUntil, expiresAt, ...plan }: SubscriptionChoice): void {
    Object.assign(this, { name, filter, paused, snoozedUntil, expiresAt, plan: kept(plan) });
  }
}
