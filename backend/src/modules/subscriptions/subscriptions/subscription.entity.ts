import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';

/** What a subscription's owner chooses. */
export interface SubscriptionChoice {
  name: string;
  filter: string;
  paused: boolean;
}

/** One thing that a person wants to hear about: a filter over a target. */
@Entity({ tableName: 'subscription' })
export class Subscription {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  @Property({ type: 'text' })
  name!: string;

  /** The name of a filter target: `deal`. */
  @Property({ type: 'text' })
  target!: string;

  /** The filter as its owner wrote it. */
  @Property({ type: 'text' })
  filter!: string;

  @Property({ type: 'boolean' })
  paused = false;

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
    owner: { workspaceId: string; userId: string },
    target: string,
    choice: SubscriptionChoice,
    now = new Date(),
  ): Subscription {
    const made = new Subscription();
    return Object.assign(made, owner, choice, { id: uuidv7(), target, createdAt: now, updatedAt: now });
  }

  /** Applies a change. @returns false when it changes nothing */
  change(choice: Partial<SubscriptionChoice>, now = new Date()): boolean {
    const before = this.told();
    Object.assign(this, Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined)));
    const { name, filter, paused } = this;
    if (before.name === name && before.filter === filter && before.paused === paused) return false;
    this.version++;
    this.updatedAt = now;
    return true;
  }

  /** Removes it; what it sent stays known. */
  remove(now = new Date()): void {
    this.removedAt = now;
    this.updatedAt = now;
    this.version++;
  }

  /** What its events carry. */
  told(): EventData<'subscription.created'> {
    const { name, target, filter, paused } = this;
    return { name, target, filter, paused };
  }
}
