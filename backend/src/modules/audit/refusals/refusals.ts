import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import type { GateRefusal, RefusalWatch } from '#platform/http/index.js';
import { RefusalCounts } from './refusal-counts.js';

/** How often what was counted becomes events, in milliseconds. A crash loses as much. */
const EVERY_MS = 60_000;
/** About a megabyte a process, and at most so many events a minute, whoever asks for whatever. */
const BOUNDS = { counts: 2000, ofActor: 20 };

/** Asked for a proof of who they are: no refusal of what they may, and their rooms record what is to be recorded. */
const PROOFS = new Set(['reauthentication_required', 'wrong_password', 'factor_unproved']);

/**
 * Records what is refused to signed-in callers. Refusals alike are one event a minute with their number, so that a
 * refused request costs no transaction and nobody can flood the log by being refused.
 */
@Injectable()
export class Refusals implements RefusalWatch, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('audit');
  private readonly counts = new RefusalCounts(BOUNDS);
  private timer?: NodeJS.Timeout;
  private writing?: Promise<void>;

  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    // One may be under way that did not see the last refusals.
    await this.write();
    await this.write();
  }

  refused(refusal: GateRefusal): void {
    if (!PROOFS.has(refusal.code)) this.counts.add(refusal);
  }

  /** Records what was counted since the last time. Never throws: what cannot be recorded now is kept for the next time. */
  write(): Promise<void> {
    this.writing ??= this.record().finally(() => (this.writing = undefined));
    return this.writing;
  }

  private async record(): Promise<void> {
    if (this.counts.size === 0) return;
    const taken = this.counts.take();
    try {
      await this.transactions.run(async (em) => {
        for (const { actor, workspaceId, count, firstAt, lastAt, method, route, status, code, permission } of taken) {
          const [first, last] = [firstAt.toISOString(), lastAt.toISOString()];
          this.events.record(em, 'access.refused', {
            workspaceId: workspaceId ?? SYSTEM_WORKSPACE,
            subjectId: workspaceId ?? SYSTEM_WORKSPACE,
            actor,
            occurredAt: lastAt,
            data: { method, route, status, code, permission, count, firstAt: first, lastAt: last },
          });
        }
      });
    } catch (error) {
      this.counts.putBack(taken);
      this.log.warn(`Refusals were not recorded yet: ${(error as Error).message}`);
    }
  }
}
