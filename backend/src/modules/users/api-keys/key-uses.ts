import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { query, Transactions } from '#platform/database/index.js';

const EVERY_MS = 60_000;
const USES = `(select decode(hash, 'hex') as hash, at from unnest($1::text[], $2::timestamptz[]) as noted(hash, at)) u`;
/** Of present secrets, and of those before them. */
const WRITE = [
  `update api_key k set last_used_at = greatest(k.last_used_at, u.at) from ${USES} where k.hash = u.hash`,
  `update api_key k set previous_last_used_at = greatest(k.previous_last_used_at, u.at) from ${USES}
    where k.previous_hash = u.hash`,
];

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

  /** Notes a use now. @param hash the hexadecimal digest of the secret that was used, since a key may have two */
  note(hash: string): void {
    this.uses.set(hash, new Date());
  }

  /** Writes what was noted since the last time. */
  async flush(): Promise<void> {
    if (this.uses.size === 0) return;
    const noted = [...this.uses];
    this.uses.clear();
    const values = [noted.map(([hash]) => hash), noted.map(([, at]) => at)];
    await this.transactions.run(async (em) => {
      for (const text of WRITE) await query(em, text, values);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch((error: unknown) => this.logger.warn(error));
  }
}
