import type { RowListener } from '#platform/filters/index.js';
import type { Plan } from '../plans/plan.js';

/** Somebody whom a subscription tells: its owner, or one who joined a shared one. Its key is the id of their seat. */
export interface SeatListener extends RowListener {
  readonly subscriptionId: string;
  readonly userId: string;
  /** Only what happened since is heard. */
  readonly since: Date;
  /** Of the subscription, when it was read. */
  readonly version: number;
  readonly plan: Plan;
}
