import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { query, type EntityManager } from '#platform/database/index.js';
import { PlanCatalogue } from '../catalogue/plan-catalogue.js';
import type { Plan } from '../catalogue/plan.js';
import type { PlanSource } from './workspace-plan.entity.js';

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

  constructor(private readonly catalogue: PlanCatalogue) {}

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

  /** Asks anew next time: the plan has changed. */
  forget(workspaceId: string): void {
    this.known.delete(workspaceId);
  }
}
