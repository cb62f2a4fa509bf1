import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type Actor, Grants } from '#platform/access/index.js';
import { afterCommit, type EntityManager, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { SuspensionMails } from '../workspaces/suspension-mails.js';
import { type Suspension, Workspace } from '../workspaces/workspace.entity.js';
import type { SuspensionShown } from './workspace-suspensions.schemas.js';

/** Lets operators close workspaces for a while, or make them read-only. What follows stands in the relation of grants. */
@Injectable()
export class WorkspaceSuspensionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly grants: Grants,
    private readonly mails: SuspensionMails,
  ) {}

  /** @throws NotFound */
  async suspend(who: Actor, workspaceId: string, mode: Suspension, reason: string | null): Promise<SuspensionShown> {
    return this.transactions.run(async (em) => {
      const workspace = await this.lock(em, workspaceId);
      const before = { state: workspace.suspension ?? ('active' as const) };
      if (workspace.suspend(mode, reason)) {
        // Once where operators' acts are looked for, and once for the people of the workspace.
        for (const place of [SYSTEM_WORKSPACE, workspaceId]) {
          const data = { mode, reason, state: mode, before };
          const about = { workspaceId: place, subjectId: workspaceId, actor: who, data };
          this.events.record(em, 'workspace.suspended', about);
        }
        await this.mails.workspaceSuspended(em, workspace, mode, reason);
        this.forget(em);
      }
      const suspendedAt = (workspace.suspendedAt ?? new Date()).toISOString();
      return { workspaceId, mode, reason, suspendedAt };
    });
  }

  /** @throws NotFound */
  async resume(who: Actor, workspaceId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const workspace = await this.lock(em, workspaceId);
      const mode = workspace.resume();
      if (!mode) return;
      for (const place of [SYSTEM_WORKSPACE, workspaceId]) {
        const data = { mode, state: 'active' as const, before: { state: mode } };
        const about = { workspaceId: place, subjectId: workspaceId, actor: who, data };
        this.events.record(em, 'workspace.resumed', about);
      }
      await this.mails.workspaceResumed(em, workspace);
      this.forget(em);
    });
  }

  private async lock(em: EntityManager, workspaceId: string): Promise<Workspace> {
    const workspace = await em.findOne(Workspace, workspaceId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!workspace) throw new NotFound('There is no such workspace.');
    return workspace;
  }

  private forget(em: EntityManager): void {
    afterCommit(em, this, () => this.grants.invalidate());
  }
}
