import { Injectable } from '@nestjs/common';
import { grantExists, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import type { PaymentShown } from '../billing/billing.schemas.js';
import { Payments } from '../billing/payments.js';
import { limitOf, type Plan } from '../catalogue/plan.js';
import type { PlanShown } from '../usage/usage.schemas.js';
import type { HeldPlanShown } from './plans.schemas.js';
import { WorkspacePlans } from './workspace-plans.js';

interface Row {
  assigned: string | null;
  paid: string | null;
  changedAt: string | null;
  payment: PaymentShown | null;
}

const OWN = `
  select p.assigned, p.paid, ${isoTime('p.changed_at')} as "changedAt",
         case when b.workspace_id is not null then jsonb_build_object(
           'status', b.status, 'plan', b.plan,
           'renewsAt', case when b.ends_at is null then ${isoTime('b.period_ends_at')} end, 'endsAt', ${isoTime('b.ends_at')},
           'failingSince', ${isoTime('b.failing_since')}, 'graceUntil', ${isoTime('b.grace_until')}) end as payment
    from workspace w
    left join workspace_plan p on p.workspace_id = w.id
    left join billing b on b.workspace_id = w.id
   where w.id = $2 and ${grantExists('w.id', '$1')}`;

/** Plans as the API shows them. */
@Injectable()
export class PlanQueries {
  constructor(
    private readonly reads: Reads,
    private readonly kinds: QuotaKinds,
    private readonly plans: WorkspacePlans,
    private readonly payments: Payments,
  ) {}

  /** The plan of the caller's workspace. */
  async of(who: Member): Promise<HeldPlanShown> {
    const row = await this.reads.one<Row>('plans.own', OWN, [who.id, who.workspaceId]);
    const { plan, source } = this.plans.holds(row);
    const { changedAt = null, payment = null } = row ?? {};
    const offers = this.payments.offers.map((offer) => this.shown(offer));
    return { plan: this.shown(plan), source, changedAt, payment, offers };
  }

  /** A plan with every limit there is. */
  shown(plan: Plan): PlanShown {
    const { name, title } = plan;
    return { name, title, limits: Object.fromEntries(this.kinds.all().map((k) => [k.name, limitOf(plan, k.name)])) };
  }
}
