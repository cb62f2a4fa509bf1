import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { Grants, type Member, SecondFactorNeeded } from '#platform/access/index.js';
import { afterCommit, type EntityManager, query, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Enqueues, Jobs } from '#platform/jobs/index.js';
import { Workspace } from '../../workspaces/workspace.entity.js';
import { FactorChanges } from '../factor-changes.js';
import { HeldFactors } from '../held-factors.js';
import type { Policy } from './policy.schemas.js';
import type { PolicyBegun } from './policy-notice.job.js';

const WITHOUT = `
  select count(*)::int as people from membership m
  where m.workspace_id = $1 and not exists (select from second_factor_held h where h.user_id = m.user_id)`;

/** Whether a workspace asks its people for a second factor. What follows from it stands in the relation of grants. */
@Enqueues('users.second_factor_policy')
@Injectable()
export class PolicyService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly jobs: Jobs,
    private readonly changes: FactorChanges,
    private readonly held: HeldFactors,
    private readonly grants: Grants,
  ) {}

  /** @throws NotFound */
  async read({ workspaceId }: Member): Promise<Policy> {
    const em = this.transactions.reader();
    const workspace = await em.findOne(Workspace, workspaceId);
    if (!workspace) throw new NotFound('There is no such workspace.');
    return this.shown(em, workspace);
  }

  /**
   * Begins or ceases to ask; members without a second factor are told by mail when it begins.
   *
   * @throws NotFound; ReauthenticationRequired; SecondFactorNeeded when the caller has none and would lock themselves out
   */
  async change(who: Member & { userId: string }, required: boolean): Promise<Policy> {
    return this.transactions.run(async (em) => {
      await this.changes.guarded(em, who);
      const lock = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
      const workspace = await em.findOne(Workspace, who.workspaceId, lock);
      if (!workspace) throw new NotFound('There is no such workspace.');
      if (required && !(await this.held.any(em, who.userId))) throw new SecondFactorNeeded();
      if (workspace.requireSecondFactor(required)) await this.tell(em, workspace, who);
      return this.shown(em, workspace);
    });
  }

  private async tell(em: EntityManager, { id, name, secondFactorRequired: required }: Workspace, who: Member) {
    this.events.record(em, 'workspace.second_factor_policy_changed', {
      workspaceId: id,
      subjectId: id,
      actor: who,
      data: { required },
    });
    if (required)
      await this.jobs.enqueue<PolicyBegun>(em, {
        queue: 'users',
        name: 'second_factor_policy',
        payload: { workspaceId: id, name },
        workspaceId: id,
      });
    afterCommit(em, this, () => this.grants.invalidate());
  }

  private async shown(em: EntityManager, { id, secondFactorRequired: required }: Workspace): Promise<Policy> {
    const [row] = await query<{ people: number }>(em, WITHOUT, [id]);
    return { required, membersWithout: row?.people ?? 0 };
  }
}
