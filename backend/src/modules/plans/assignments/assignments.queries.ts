import { Injectable } from '@nestjs/common';
import { isoTime, Reads } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { limitOf } from '../catalogue/plan.js';
import { monthOf } from '../limits/period.js';
import { percentOf } from '../usage/usage.queries.js';
import type { WorkspacePlanShown } from './assignments.schemas.js';
import { WorkspacePlans } from './workspace-plans.js';

const LIST: SortedList = {
  name: 'workspace-plans',
  sorts: { createdAt: { sql: 'w.created_at', type: 'timestamptz' }, name: { sql: 'w.name', type: 'text' } },
  id: { sql: 'w.id', type: 'uuid' },
};

const COLUMNS = `
  w.id as "workspaceId", w.name, ${isoTime('w.created_at')} as "createdAt", p.assigned, p.paid,
  (select jsonb_object_agg(l.quota, l.level)
     from (select distinct on (quota) quota, level from usage_level where workspace_id = w.id order by quota, month desc) l
  ) as levels,
  (select calls::float8 from api_call_use where workspace_id = w.id and month = $1::date) as calls`;
const FROM = 'workspace w left join workspace_plan p on p.workspace_id = w.id';

interface Row extends Pick<WorkspacePlanShown, 'workspaceId' | 'name' | 'createdAt' | 'assigned' | 'paid'> {
  levels: Record<string, number> | null;
  calls: number | null;
}

/** Workspaces as operators see them. */
@Injectable()
export class AssignmentQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly kinds: QuotaKinds,
    private readonly plans: WorkspacePlans,
  ) {}

  /** A page of all workspaces of the instance. */
  async list(query: ListQuery): Promise<Page<WorkspacePlanShown>> {
    const seek = this.cursor.seek(LIST, query, 2);
    const rows = await this.reads.adHoc<Row & { _key: string[] }>(
      `select ${COLUMNS}, ${seek.key} from ${FROM} where ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [monthOf(new Date()), ...seek.values],
    );
    const { items, nextCursor } = this.cursor.page(LIST, query, rows);
    return { items: items.map((row) => this.shown(row)), nextCursor };
  }

  /** @throws NotFound */
  async one(workspaceId: string): Promise<WorkspacePlanShown> {
    const text = `select ${COLUMNS} from ${FROM} where w.id = $2`;
    const row = await this.reads.one<Row>('plans.assignment', text, [monthOf(new Date()), workspaceId]);
    if (!row) throw new NotFound('There is no such workspace.');
    return this.shown(row);
  }

  private shown({ levels, calls, ...row }: Row): WorkspacePlanShown {
    const { plan, source } = this.plans.holds(row);
    const quotas = this.kinds.all().map(({ name: quota, unit, period }) => {
      const used = (period === 'month' ? calls : levels?.[quota]) ?? 0;
      const allowed = limitOf(plan, quota);
      return { quota, unit, used, allowed, percent: percentOf(used, allowed) };
    });
    return { ...row, plan: { name: plan.name, title: plan.title }, source, quotas };
  }
}
