import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { EventData } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';
import { affected, afterCommit, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { levelsOf } from '../usage/usage-levels.js';
import { UsageNotices } from '../usage/usage-notices.js';
import { WorkspacePlan } from './workspace-plan.entity.js';
import { WorkspacePlans } from './workspace-plans.js';

/** Who gives a workspace another plan, and why. */
export interface ChangeOfPlan {
  actor: Actor;
  reason: EventData<'plan.changed'>['reason'];
}

/** Gives workspaces other plans. Nothing that is stored is touched, however small the plan is. */
@Injectable()
export class PlanChanges {
  constructor(
    private readonly plans: WorkspacePlans,
    private readonly events: EventLog,
    private readonly notices: UsageNotices,
  ) {}

  /**
   * Changes the plans of a workspace in the caller's transaction and records what that means to its people.
   *
   * @param change gives false when nothing changed
   * @returns what `change` gave
   */
  async change(
    em: EntityManager,
    workspaceId: string,
    change: (plans: WorkspacePlan) => boolean,
    { actor, reason }: ChangeOfPlan,
  ): Promise<boolean> {
    await affected(em, 'insert into workspace_plan (workspace_id) values ($1) on conflict do nothing', [workspaceId]);
    const row = await em.findOneOrFail(WorkspacePlan, { workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const { plan: before } = this.plans.holds(row);
    if (!change(row)) return false;
    const { plan: after } = this.plans.holds(row);
    afterCommit(em, row, () => this.plans.forget(workspaceId));
    // What was counted under another plan may be old: the next one who takes counts anew.
    await affected(em, 'delete from quota_use where workspace_id = $1', [workspaceId]);
    if (before === after) return true;
    const data = { before: before.name, after: after.name, reason };
    this.events.record(em, 'plan.changed', { workspaceId, subjectId: workspaceId, actor, data });
    await em.flush();
    await this.notices.look(em, await levelsOf(em, workspaceId));
    return true;
  }
}
