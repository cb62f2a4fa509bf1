import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { affected, query, Transactions } from '#platform/database/index.js';
import { InboxConfig } from './inbox.config.js';

const LOOK_EVERY_MS = 3_600_000;
const BATCH = 2_000;
/** One process at a time, while the others go on. */
const TURN = `select pg_try_advisory_xact_lock(hashtextextended('signalbox inbox retention', 40)) as mine`;
const REMOVE = `
  delete from notification where id in (
    select id from notification where archived_at < now() - make_interval(days => $1) order by archived_at limit ${BATCH})`;

/** Removes what was archived long ago. What is unread or was never archived stays, however old. */
@Injectable()
export class InboxRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('notifications');
  private timer?: NodeJS.Timeout;
  private running?: Promise<unknown>;
  private stopped = false;

  constructor(
    @Inject(InboxConfig) private readonly config: InboxConfig,
    @Inject(InstanceConfig) private readonly instance: InstanceConfig,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.instance.plays('workers')) return;
    this.timer = setInterval(() => (this.running = this.guarded()), LOOK_EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Removes all that is too old, some at a time. @returns how many */
  async look(): Promise<number> {
    let all = 0;
    for (let removed = BATCH; removed === BATCH && !this.stopped; all += removed) removed = await this.some();
    return all;
  }

  private some(): Promise<number> {
    return this.transactions.run(async (em) => {
      const [turn] = await query<{ mine: boolean }>(em, TURN);
      return turn?.mine === true ? affected(em, REMOVE, [this.config.keepDays]) : 0;
    });
  }

  private async guarded(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      // The database is away, or goes down: the next look does it.
      this.log.warn(`Archived notifications could not be removed: ${(error as Error).message}`);
    }
  }
}
