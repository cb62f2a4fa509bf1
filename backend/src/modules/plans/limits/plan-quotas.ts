import { Injectable } from '@nestjs/common';
import { Transactions, type EntityManager } from '#platform/database/index.js';
import { QuotaKeeper, type QuotaKind, type QuotaShare } from '#platform/quotas/index.js';
import { WorkspacePlans } from '../assignments/workspace-plans.js';
import { Payments } from '../billing/payments.js';
import { limitOf, type Plan } from '../catalogue/plan.js';
import { ApiCalls } from './api-calls.js';
import { QuotaNotices } from './quota-notices.js';
import { QuotaUses } from './quota-uses.js';
import { refusal } from './refusal.js';

/** Keeps each workspace to the limits of its plan. */
@Injectable()
export class PlanQuotas extends QuotaKeeper {
  constructor(
    private readonly plans: WorkspacePlans,
    private readonly uses: QuotaUses,
    private readonly notices: QuotaNotices,
    private readonly calls: ApiCalls,
    private readonly transactions: Transactions,
    private readonly payments: Payments,
  ) {
    super();
  }

  override async take(em: EntityManager, share: QuotaShare, redeems: boolean): Promise<void> {
    const { kind, workspaceId, amount } = share;
    // Who is not limited takes no lock. Who is shall have a larger plan from the moment that it is theirs.
    if (limitOf((await this.plans.remembered(em, workspaceId)).plan, kind.name) === null) return;
    const { plan } = await this.plans.of(em, workspaceId);
    const allowed = limitOf(plan, kind.name);
    if (allowed === null) return;
    const { used, taken } = await this.uses.take(em, share, allowed, redeems);
    if (!taken) this.refuse(plan, { kind, workspaceId, amount }, used, allowed);
  }

  override async give(em: EntityManager, share: QuotaShare): Promise<void> {
    await this.uses.give(em, share);
  }

  override async foresee(share: QuotaShare): Promise<void> {
    const { plan } = await this.plans.remembered(this.transactions.reader(), share.workspaceId);
    const allowed = limitOf(plan, share.kind.name);
    if (allowed === null) return;
    const used = await this.uses.recent(share);
    if (used !== undefined && used + share.amount > allowed) this.refuse(plan, share, used, allowed);
  }

  override spend(kind: QuotaKind, workspaceId: string): Promise<void> | undefined {
    return this.calls.spend(kind, workspaceId);
  }

  private refuse(plan: Plan, { kind, workspaceId, amount }: QuotaShare, used: number, allowed: number): never {
    this.notices.refused({ workspaceId, kind, plan, used, allowed });
    throw refusal({ kind, plan, used, allowed, wanted: amount, more: this.payments.advice });
  }
}
