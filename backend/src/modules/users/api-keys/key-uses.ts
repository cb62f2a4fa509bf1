import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { query, Transactions } from '#platform/database/index.js';

const EVERY_MS = 60_000;

/**
 * Notes when keys are used, in memory, and writes the times once a minute: a request does not wait for it, and a crash
 * loses a minute of a figure that people read in days.
 */
@Injectable()
export class KeyUses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(KeyUses.name);
  private readonly uses = new Map<string, Date>();
  private timer?: NodeJS.Timeout;

  constructor(private readonly transactions: Transactions) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.flush().catch((error: unknown) => this.logger.warn(error)), EVERY_MS);
    this.timer.unref();
  }

  /** Notes a use now. */
  note(keyId: string): void {
    this.uses.set(keyId, new Date());
  }

  /** Writes what was noted since the last time. */
  async flush(): Promise<void> {
    if (this.uses.size === 0) return;
    const noted = [...this.uses];
    this.uses.clear();
    await this.transactions.run(async (em) => {
      await query(
        em,
        `update api_key k set last_used_at = greatest(k.last_used_at, u.at)
         from unnest($1::uuid[], $2::timestamptz[]) as u(id, at) where k.id = u.id`,
        [noted.map(([id]) => id), noted.map(([, at]) => at)],
      );
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch((error: unknown) => this.logger.warn(error));
  }
}
