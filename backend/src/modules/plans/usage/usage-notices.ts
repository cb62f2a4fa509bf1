import { Injectable } from '@nestjs/common';
import type { EntityManager } from '#platform/database/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { WorkspacePlans } from '../assignments/workspace-plans.js';
import { limitOf } from '../catalogue/plan.js';
import { QuotaNotices } from '../limits/quota-notices.js';
import type { UsageLevel } from './usage-levels.js';

/** Notices what metered levels amount to under the plans of their workspaces. */
@Injectable()
export class UsageNotices {
  constructor(
    private readonly kinds: QuotaKinds,
    private readonly plans: WorkspacePlans,
    private readonly notices: QuotaNotices,
  ) {}

  /** Records in the caller's transaction what is near a limit or reaches it, unless it was told this month. */
  async look(em: EntityManager, levels: readonly UsageLevel[], now = new Date()): Promise<void> {
    if (levels.length === 0) return;
    const held = await this.plans.ofAll(em, [...new Set(levels.map(({ workspaceId }) => workspaceId))]);
    for (const { workspaceId, quota, level: used } of levels) {
      const { plan } = held.get(workspaceId)!;
      const allowed = limitOf(plan, quota);
      // What a room counted once and has no kind for any more is nobody's limit.
      if (allowed === null || !this.kinds.has(quota)) continue;
      await this.notices.look(em, { workspaceId, kind: this.kinds.get(quota), plan, used, allowed }, now);
    }
  }
}
