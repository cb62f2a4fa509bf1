import { Injectable } from '@nestjs/common';
import { grantExists, type Member } from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { limitOf, type Plan } from '../catalogue/plan.js';
import type { PlanShown } from '../usage/usage.schemas.js';
import type { HeldPlanShown } from './plans.schemas.js';
import { WorkspacePlans } from './workspace-plans.js';

interface Row {
  assigned: string | null;
  paid: string | null;
  changedAt: string;
}

const OWN = `
  select assigned, paid, ${isoTime('changed_at')} as "changedAt" from workspace_plan
   where workspace_id = $2 and ${grantExists('workspace_id', '$1')}`;

/** Plans as the API shows them. */
@Injectable()
export class PlanQueries {
  constructor(
    private readonly reads: Reads,
    private readonly kinds: QuotaKinds,
    private readonly plans: WorkspacePlans,
  ) {}

  /** The plan of the caller's workspace. */
  async of(who: Member): Promise<HeldPlanShown> {
    const row = await this.reads.one<Row>('plans.own', OWN, [who.id, who.workspaceId]);
    const { plan, source } = this.plans.holds(row);
    return { plan: this.shown(plan), source, changedAt: row?.changedAt ?? null };
  }

  /** A plan with every limit there is. */
  shown(plan: Plan): PlanShown {
    const { name, title } = plan;
    return { name, title, limits: Object.fromEntries(this.kinds.all().map((k) => [k.name, limitOf(plan, k.name)])) };
  }
}
