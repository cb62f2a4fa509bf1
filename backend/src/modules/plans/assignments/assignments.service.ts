import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { query, Transactions } from '#platform/database/index.js';
import { NotFound, ValidationFailed } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { ListQuery, Page } from '#platform/http/index.js';
import { PlanCatalogue } from '../catalogue/plan-catalogue.js';
import { AssignmentQueries } from './assignments.queries.js';
import type { WorkspacePlanShown } from './assignments.schemas.js';
import { PlanChanges } from './plan-changes.js';
import { PlanQueries } from './plan.queries.js';

/** What operators do with plans. Each act is recorded in the system workspace, and what it changes in the workspace. */
@Injectable()
export class AssignmentsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly catalogue: PlanCatalogue,
    private readonly queries: AssignmentQueries,
    private readonly shown: PlanQueries,
    private readonly changes: PlanChanges,
    private readonly events: EventLog,
  ) {}

  /** The plans of the instance. */
  plans() {
    const { standard } = this.catalogue;
    return { items: this.catalogue.all().map((plan) => ({ ...this.shown.shown(plan), standard: plan === standard })) };
  }

  list(query: ListQuery): Promise<Page<WorkspacePlanShown>> {
    return this.queries.list(query);
  }

  /**
   * Assigns a plan, which goes before what the workspace pays for; null takes the assignment back.
   *
   * @throws NotFound; ValidationFailed when there is no such plan
   */
  async assign(actor: Actor, workspaceId: string, name: string | null): Promise<WorkspacePlanShown> {
    if (name !== null && !this.catalogue.find(name)) throw unknown(name, this.catalogue.names());
    await this.transactions.run(async (em) => {
      const found = await query(em, 'select from workspace where id = $1 for key share', [workspaceId]);
      if (found.length === 0) throw new NotFound('There is no such workspace.');
      let before: string | null = null;
      const assign = (plans: { assigned: string | null; assign(plan: string | null): boolean }) => {
        before = plans.assigned;
        return plans.assign(name);
      };
      if (!(await this.changes.change(em, workspaceId, assign, { actor, reason: 'assigned' }))) return;
      const about = { workspaceId: SYSTEM_WORKSPACE, subjectId: workspaceId, actor };
      this.events.record(em, 'plan.assigned', { ...about, data: { before, after: name } });
    });
    return this.queries.one(workspaceId);
  }
}

function unknown(name: string, known: string[]): ValidationFailed {
  const message = `must be one of ${known.join(', ')}`;
  return new ValidationFailed(`There is no plan "${name}".`, { errors: [{ path: '/body/plan', message }] });
}
