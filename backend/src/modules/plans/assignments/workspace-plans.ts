import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EventData } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';
import { affected, afterCommit, query, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { PlanCatalogue } from '../catalogue/plan-catalogue.js';
import type { Plan } from '../catalogue/plan.js';
import { WorkspacePlan, type PlanSource } from './workspace-plan.entity.js';

/** How long a process may believe that a workspace has a plan, in milliseconds. */
const TRUSTED_MS = 1000;

/** The plan of a workspace, and where it comes from. */
export interface HeldPlan {
  plan: Plan;
  source: PlanSource;
}

interface Names {
  workspaceId: string;
  assigned: string | null;
  paid: string | null;
}

const NAMES = `
  select workspace_id as "workspaceId", assigned, paid from workspace_plan where workspace_id = any($1::uuid[])`;

/** Which plan each workspace has. */
@Injectable()
export class WorkspacePlans {
  private readonly known = new LRUCache<string, HeldPlan>({ max: 20_000, ttl: TRUSTED_MS });

  constructor(
    private readonly catalogue: PlanCatalogue,
    private readonly events: EventLog,
  ) {}

  /** The plan as the transaction sees it. */
  async of(em: EntityManager, workspaceId: string): Promise<HeldPlan> {
    const held = (await this.ofAll(em, [workspaceId])).get(workspaceId)!;
    this.known.set(workspaceId, held);
    return held;
  }

  /** The plans of several workspaces as the transaction sees them. */
  async ofAll(em: EntityManager, workspaceIds: readonly string[]): Promise<Map<string, HeldPlan>> {
    const rows = await query<Names>(em, NAMES, [[...workspaceIds]]);
    const found = new Map(rows.map((row) => [row.workspaceId, row]));
    return new Map(workspaceIds.map((id) => [id, this.holds(found.get(id))]));
  }

  /** The plan as it was within the last second. */
  async remembered(em: EntityManager, workspaceId: string): Promise<HeldPlan> {
    return this.known.get(workspaceId) ?? this.of(em, workspaceId);
  }

  /** What the names of a row amount to. A plan that the operator has no more counts as none. */
  holds(names?: Pick<Names, 'assigned' | 'paid'>): HeldPlan {
    const assigned = this.catalogue.find(names?.assigned ?? null);
    if (assigned) return { plan: assigned, source: 'assigned' };
    const paid = this.catalogue.find(names?.paid ?? null);
    return paid ? { plan: paid, source: 'paid' } : { plan: this.catalogue.standard, source: 'default' };
  }

  /**
   * Changes the plans of a workspace and records what that means to its people.
   *
   * @param change gives false when nothing changed
   * @returns the plan it has now
   */
  async change(
    em: EntityManager,
    workspaceId: string,
    change: (plans: WorkspacePlan) => boolean,
    why: { actor: Actor; reason: EventData<'plan.changed'>['reason'] },
  ): Promise<HeldPlan> {
    await affected(em, 'insert into workspace_plan (workspace_id) values ($1) on conflict do nothing', [workspaceId]);
    const row = await em.findOneOrFail(WorkspacePlan, { workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const before = this.holds(row);
    if (!change(row)) return before;
    const after = this.holds(row);
    afterCommit(em, row, () => this.known.delete(workspaceId));
    // What was counted under another plan may be old: the next one who takes counts anew.
    await affected(em, 'delete from quota_use where workspace_id = $1', [workspaceId]);
    if (before.plan !== after.plan)
      this.events.record(em, 'plan.changed', {
        workspaceId,
        subjectId: workspaceId,
        actor: why.actor,
        data: { before: before.plan.name, after: after.plan.name, reason: why.reason },
      });
    return after;
  }
}
