import { query, type EntityManager } from '#platform/database/index.js';
import { LogReader, SYSTEM_WORKSPACE, type LogEvent, type ReadsLog } from '#platform/event-log/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { WorkspacePlans } from '../assignments/workspace-plans.js';
import { limitOf } from '../catalogue/plan.js';
import { monthOf } from '../limits/period.js';
import { QuotaNotices } from '../limits/quota-notices.js';
import { carryOn, type UsageChange, type UsageLevel } from './usage-levels.js';

/** Meters what workspaces have from the events that tell of it, and notices when that comes near a limit. */
@LogReader({ name: 'usage' })
export class UsageReader implements ReadsLog {
  constructor(
    private readonly kinds: QuotaKinds,
    private readonly plans: WorkspacePlans,
    private readonly notices: QuotaNotices,
  ) {}

  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    const levels = await carryOn(
      em,
      batch.flatMap((event) => this.changesBy(event)),
    );
    const now = new Date();
    // Of a past month, as when all is built anew, nobody is told any more.
    const current = levels.filter(({ month }) => month >= monthOf(now));
    if (current.length > 0) await this.notice(em, current, now);
  }

  async reset(em: EntityManager): Promise<void> {
    await query(em, 'delete from usage_level');
  }

  private changesBy(event: LogEvent): UsageChange[] {
    const { workspaceId, type } = event;
    if (workspaceId === SYSTEM_WORKSPACE) return [];
    const month = monthOf(event.occurredAt);
    return this.kinds.all().flatMap(({ name: quota, metered }) => {
      const by = metered?.[type]?.(event) ?? 0;
      return by === 0 ? [] : [{ workspaceId, quota, month, by }];
    });
  }

  private async notice(em: EntityManager, levels: readonly UsageLevel[], now: Date): Promise<void> {
    const held = await this.plans.ofAll(em, [...new Set(levels.map(({ workspaceId }) => workspaceId))]);
    for (const { workspaceId, quota, level: used } of levels) {
      const { plan } = held.get(workspaceId)!;
      const allowed = limitOf(plan, quota);
      const kind = this.kinds.get(quota);
      if (allowed !== null) await this.notices.look(em, { workspaceId, kind, plan, used, allowed }, now);
    }
  }
}
