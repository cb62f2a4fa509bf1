import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import { type HoldsPersonalData, PersonalData } from '#platform/personal-data/index.js';
import { Payments } from './billing/payments.js';
import { missing } from './billing/subscriptions-of.js';

const CUSTOMER = 'select customer_id as "customerId" from billing where workspace_id = $1';

/** Plans hold nothing of people; but nobody shall go on paying for a workspace that is gone. */
@Injectable()
export class PlansPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'plans';
  private readonly log = new Logger('payments');

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
    private readonly payments: Payments,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** Deletes the customer at the payment provider, which ends their subscriptions at once. The rows go with the workspace. */
  async eraseWorkspace(workspaceId: string): Promise<void> {
    const row = await this.reads.one<{ customerId: string }>('plans.erasure', CUSTOMER, [workspaceId]);
    if (!row) return;
    if (!this.payments.on) {
      this.log.warn(
        `The customer ${row.customerId} of a workspace that goes stays at Stripe: STRIPE_SECRET_KEY is not set.`,
      );
      return;
    }
    await this.payments.api.customers.del(row.customerId).catch((error: unknown) => {
      if (!missing(error)) throw error;
    });
  }
}
