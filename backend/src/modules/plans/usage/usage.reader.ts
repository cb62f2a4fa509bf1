import { query, type EntityManager } from '#platform/database/index.js';
import { LogReader, SYSTEM_WORKSPACE, type LogEvent, type ReadsLog } from '#platform/event-log/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { monthOf } from '../limits/period.js';
import { carryOn, type UsageChange } from './usage-levels.js';
import { UsageNotices } from './usage-notices.js';

/** Meters what workspaces have from the events that tell of it, and notices when that comes near a limit. */
@LogReader({ name: 'usage' })
export class UsageReader implements ReadsLog {
  constructor(
    private readonly kinds: QuotaKinds,
    private readonly notices: UsageNotices,
  ) {}

  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    const levels = await carryOn(
      em,
      batch.flatMap((event) => this.changesBy(event)),
    );
    const now = new Date();
    // Of a past month, as when all is built anew, nobody is told any more.
    const current = levels.filter(({ month }) => month >= monthOf(now));
    await this.notices.look(em, current, now);
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
}
