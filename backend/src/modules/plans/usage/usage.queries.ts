import { Injectable } from '@nestjs/common';
import { grantExists, type Member } from '#platform/access/index.js';
import { Reads, Transactions } from '#platform/database/index.js';
import { QuotaKinds, type QuotaKind } from '#platform/quotas/index.js';
import { WorkspacePlans } from '../assignments/workspace-plans.js';
import { limitOf, type Plan } from '../catalogue/plan.js';
import { monthOf, nextMonth } from '../limits/period.js';
import { reservedOf } from '../limits/quota-uses.js';
import type { Usage, UsedQuota } from './usage.schemas.js';

const MONTHS = 12;
const CALLS = 'api_calls';

interface MonthRow {
  quota: string;
  /** `2026-11`. */
  month: string;
  level: number;
  most: number;
}

const OF_MONTHS = `
  select quota, to_char(month, 'YYYY-MM') as month, level::float8 as level, peak::float8 as most
    from usage_level where workspace_id = $2 and ${grantExists('workspace_id', '$1')}
   union all
  select '${CALLS}', to_char(month, 'YYYY-MM'), calls::float8, calls::float8
    from api_call_use where workspace_id = $2 and ${grantExists('workspace_id', '$1')}
   order by month desc`;

/** What a workspace uses, as it was metered. */
@Injectable()
export class UsageQueries {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly kinds: QuotaKinds,
    private readonly plans: WorkspacePlans,
  ) {}

  /** Every limit with what is used of it. */
  async of(who: Member, now = new Date()): Promise<Usage> {
    const em = this.transactions.reader();
    const rows = await this.reads.all<MonthRow>('plans.usage', OF_MONTHS, [who.id, who.workspaceId]);
    const { plan } = await this.plans.of(em, who.workspaceId);
    const quotas = await Promise.all(
      this.kinds.all().map(async (kind) => {
        const reserved = await reservedOf(em, kind, who.workspaceId);
        const months = rows.filter(({ quota }) => quota === kind.name);
        return shown(kind, plan, months, reserved, now);
      }),
    );
    return { plan: { name: plan.name, title: plan.title }, quotas };
  }
}

function shown(kind: QuotaKind, plan: Plan, rows: readonly MonthRow[], reserved: number, now: Date): UsedQuota {
  const { name: quota, noun, unit, period } = kind;
  const [latest] = rows;
  const thisMonth = monthOf(now).slice(0, 7);
  const used = !latest || (period === 'month' && latest.month !== thisMonth) ? 0 : latest.level;
  const allowed = limitOf(plan, quota);
  return {
    quota,
    noun,
    unit,
    used,
    reserved,
    allowed,
    percent: percentOf(used + reserved, allowed),
    resetsAt: period === 'month' ? nextMonth(now).toISOString() : null,
    months: rows.slice(0, MONTHS).map(({ month, most }) => ({ month, most })),
  };
}

/** To one decimal, rounded down: 100 is said when nothing is left. */
export function percentOf(used: number, allowed: number | null): number | null {
  if (allowed === null) return null;
  if (allowed === 0) return 100;
  return Math.floor((used * 1000) / allowed) / 10;
}
