import { LockMode } from '@mikro-orm/core';
import { Logger } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { Reads, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues, JobHandler, Jobs, type JobOutcome, type JobRunner, type RunningJob } from '#platform/jobs/index.js';
import { PlanChanges } from '../assignments/plan-changes.js';
import { Billing, type PaidSubscription, type Settlement } from './billing.entity.js';
import { Payments } from './payments.js';
import { subscriptionOf } from './subscriptions-of.js';

/** Whose subscription to look at. */
export type SyncBillingPayload = { workspaceId: string };

/** Asks the payment provider how a subscription stands, and gives the workspace the plan that is paid for. */
@JobHandler<SyncBillingPayload>('plans', 'sync-billing', { destination: () => 'stripe', concurrency: 2 })
@Enqueues('plans.sync-billing')
export class SyncBillingJob implements JobRunner<SyncBillingPayload> {
  private readonly log = new Logger('payments');

  constructor(
    private readonly payments: Payments,
    private readonly reads: Reads,
    private readonly changes: PlanChanges,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
  ) {}

  async run({ payload: { workspaceId } }: RunningJob<SyncBillingPayload>): Promise<JobOutcome> {
    // Read before the question: what is told meanwhile makes a job of its own.
    const text = 'select customer_id, wanted from billing where workspace_id = $1';
    const row = await this.reads.one<{ customer_id: string; wanted: number }>('billing.to-sync', text, [workspaceId]);
    if (!row || !this.payments.on) return { asked: false };
    const found = await subscriptionOf(this.payments.api, row.customer_id, (price) => this.planOf(price));
    return {
      apply: (em) => this.settle(em, workspaceId, found, row.wanted),
      result: { status: found?.status ?? null, plan: found?.plan ?? null },
    };
  }

  private planOf(price: string): string | null {
    const plan = this.payments.planOf(price);
    if (plan === null) this.log.warn(`The price ${price} is paid and STRIPE_PRICES says no plan for it.`);
    return plan;
  }

  private async settle(
    em: EntityManager,
    workspaceId: string,
    found: PaidSubscription | null,
    wanted: number,
  ): Promise<void> {
    const billing = await em.findOne(Billing, { workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const now = new Date();
    const settled = billing?.settle(found, { wanted, graceDays: this.payments.graceDays, now });
    if (!billing || !settled) return;
    this.tell(em, billing, settled);
    const { paid, reason } = settled;
    await this.changes.change(em, workspaceId, (plans) => plans.pay(paid), { actor: systemActor(), reason });
    const next = billing.nextLook(now);
    if (next) await this.lookAgain(em, workspaceId, next);
  }

  private tell(em: EntityManager, { workspaceId, plan, graceUntil }: Billing, { news }: Settlement): void {
    const about = { workspaceId, subjectId: workspaceId, actor: systemActor() };
    const paid = plan ?? '';
    if (news === 'recovered') this.events.record(em, 'payment.recovered', { ...about, data: { plan: paid } });
    if (news === 'failed' && graceUntil) {
      const data = { plan: paid, graceUntil: graceUntil.toISOString() };
      this.events.record(em, 'payment.failed', { ...about, data });
    }
  }

  /** The provider may not tell us, or in vain. */
  private async lookAgain(em: EntityManager, workspaceId: string, runAt: Date): Promise<void> {
    const key = `${workspaceId}/${runAt.toISOString().slice(0, 16)}`;
    await this.jobs.enqueue(em, {
      queue: 'plans',
      name: 'sync-billing',
      key,
      workspaceId,
      payload: { workspaceId },
      runAt,
    });
  }
}
