import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { query, Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';

const LOOK_EVERY_MS = 1_000;
const BATCH = 500;
// What somebody else holds is passed over, and waited for by nobody.
const END = `
  with due as (
    select id from notification where snoozed_until <= now() order by snoozed_until limit ${BATCH} for update skip locked)
  update notification n set snoozed_until = null from due where n.id = due.id and n.snoozed_until <= now()
  returning n.id, n.user_id, n.workspace_id, n.read_at is not null as read, n.archived_at is not null as archived`;

interface Ended {
  id: string;
  user_id: string;
  workspace_id: string;
  read: boolean;
  archived: boolean;
}

/** Brings notifications back that were put off, at their time. Of archived ones nothing is said. */
@Injectable()
export class SnoozeEnds implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('notifications');
  private timer?: NodeJS.Timeout;
  private running?: Promise<void> | undefined;
  private stopped = false;

  constructor(
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.instance.plays('workers')) return;
    this.timer = setInterval(() => (this.running ??= this.guarded()), LOOK_EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Ends what is due, some at a time. */
  async look(): Promise<void> {
    for (let ended = BATCH; ended === BATCH && !this.stopped;) ended = await this.some();
  }

  private some(): Promise<number> {
    return this.transactions.run(async (em) => {
      const rows = await query<Ended>(em, END);
      for (const { id, user_id: userId, workspace_id: workspaceId, read } of rows.filter(({ archived }) => !archived))
        this.events.record(em, 'notification.returned', {
          workspaceId,
          subjectId: id,
          actor: systemActor(),
          scope: { kind: 'user', id: userId },
          data: { read },
        });
      return rows.length;
    });
  }

  private async guarded(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      if (!this.stopped) this.log.warn(`What was put off could not be brought back yet: ${(error as Error).message}`);
    } finally {
      this.running = undefined;
    }
  }
}
