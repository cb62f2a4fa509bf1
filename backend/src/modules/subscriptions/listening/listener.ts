import type { Listener } from '#platform/filters/index.js';
import type { Plan } from '../plans/plan.js';

/** Somebody whom a subscription tells: its owner, or one who joined a shared one. Its key is the id of their seat. */
export interface SeatListener extends Listener {
  readonly subscriptionId: string;
  readonly userId: string;
  /** Only what happened since is heard. */
  readonly since: Date;
  /** Of the subscription, when it was read. */
  readonly version: number;
  readonly plan: Plan;
}

/** Rows of those who listen, as a statement selects them. */
export interface SeatRow {
  id: string;
  subscription_id: string;
  workspace_id: string;
  user_id: string;
  target: string;
  filter: string;
  version: number;
  plan: Partial<Plan>;
  channels_by: string | null;
  since: string;
  zone: string;
  currency: string;
}
