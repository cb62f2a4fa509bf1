import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { query, Transactions } from '#platform/database/index.js';
import { UsersConfig } from '../users.config.js';

const EVERY_MS = 60_000;
const DAY_SECONDS = 86_400;

// In one order, and without waiting: who holds a session's row renews or ends it, which notes more than this would.
const WRITE = `
  with noted as (select * from unnest($1::uuid[], $2::timestamptz[], $3::text[]) as n (id, at, address)),
  free as (
    select s.id from session s join noted n using (id)
     where s.ended_at is null and n.at > s.last_used_at order by s.id for update of s skip locked)
  update session s
     set last_used_at = n.at, last_address = coalesce(n.address, s.last_address),
         idle_expires_at = least(s.expires_at, greatest(s.idle_expires_at, n.at + make_interval(secs => $4)))
    from noted n join free using (id) where s.id = n.id`;

interface Use {
  at: Date;
  address?: string;
}

/**
 * Notes when and from where sessions are used between renewals, in memory, and writes it once a minute: no request waits
 * for it, and a crash loses a minute of a figure that people read in hours.
 */
@Injectable()
export class SessionUses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SessionUses.name);
  private readonly uses = new Map<string, Use>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly config: UsersConfig,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.flush().catch((error: unknown) => this.logger.warn(error)), EVERY_MS);
    this.timer.unref();
  }

  /** Notes a use now. */
  note(sessionId: string, address: string | undefined): void {
    this.uses.set(sessionId, { at: new Date(), ...(address ? { address } : {}) });
  }

  /** The last use that this process noted and has not written yet. */
  noted(sessionId: string): Date | undefined {
    return this.uses.get(sessionId)?.at;
  }

  /** Writes what was noted since the last time; what cannot be written now is kept for the next. */
  async flush(): Promise<void> {
    if (this.uses.size === 0) return;
    const noted = [...this.uses];
    this.uses.clear();
    const columns = [
      noted.map(([id]) => id),
      noted.map(([, { at }]) => at),
      noted.map(([, { address }]) => address ?? null),
    ];
    try {
      await this.transactions.run((em) => query(em, WRITE, [...columns, this.config.sessionIdleDays * DAY_SECONDS]));
    } catch (error) {
      for (const [id, use] of noted) if (!this.uses.has(id)) this.uses.set(id, use);
      throw error;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch((error: unknown) => this.logger.warn(error));
  }
}
