import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Transactions, type EntityManager } from '#platform/database/index.js';
import type { QuotaKind } from '#platform/quotas/index.js';
import { WorkspacePlans } from '../assignments/workspace-plans.js';
import { Payments } from '../billing/payments.js';
import { limitOf, type Plan } from '../catalogue/plan.js';
import { addCalls, takeCalls } from './api-call-rows.js';
import { CallCount } from './call-count.js';
import { CurrentMonth } from './period.js';
import { QuotaNotices } from './quota-notices.js';
import { refusal } from './refusal.js';

/** How often what was counted is written, in milliseconds. A crash loses as much. */
const EVERY_MS = 1000;

/**
 * Counts what happens too often for a transaction each: in memory, written once a second. Near a limit it asks the database
 * each time, so that exactly as many pass as are allowed, whatever the number of processes. A workspace that is over its
 * limit costs one question every two seconds.
 */
@Injectable()
export class ApiCalls implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('api-calls');
  /** Of this month, by workspace; and what is left to write of the last. */
  private readonly counts = new Map<string, CallCount>();
  private readonly past = new Set<CallCount>();
  private readonly month = new CurrentMonth();
  private timer?: NodeJS.Timeout;
  private writing?: Promise<void>;

  constructor(
    private readonly transactions: Transactions,
    private readonly plans: WorkspacePlans,
    private readonly notices: QuotaNotices,
    private readonly payments: Payments,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    // The first may be under way since before the last call.
    await this.write();
    await this.write();
  }

  /** Counts one call. @returns undefined when no question was needed @throws QuotaExceeded */
  spend(kind: QuotaKind, workspaceId: string): Promise<void> | undefined {
    const count = this.countOf(kind, workspaceId);
    if (count.fresh()) return this.known(count);
    // While the database is away nothing is refused for the counting's sake; what it is asked for fails by itself.
    return this.read(count).then((known) => (known ? this.known(count) : count.add()));
  }

  /** Writes what was counted since the last time. Never throws: what cannot be written is kept for the next time. */
  write(): Promise<void> {
    this.writing ??= this.writeDue().finally(() => (this.writing = undefined));
    return this.writing;
  }

  private known(count: CallCount): Promise<void> | undefined {
    const { allowed } = count;
    if (allowed === null || count.farFrom(allowed)) return void count.add();
    if (count.full) throw this.refused(count, allowed);
    return count.takers.add().then((taken) => {
      if (!taken) throw this.refused(count, allowed);
    });
  }

  private async writeDue(): Promise<void> {
    for (const [workspaceId, count] of this.counts) if (count.idle()) this.counts.delete(workspaceId);
    for (const count of this.past) if (count.idle()) this.past.delete(count);
    const due = [...this.past, ...this.counts.values()].filter((count) => count.due);
    if (due.length > 0) await this.exchange(due);
  }

  private read(count: CallCount): Promise<boolean> {
    count.reading ??= this.exchange([count]).finally(() => (count.reading = undefined));
    return count.reading;
  }

  /** Adds what was counted and learns sums and plans. @returns false when the database is away */
  private async exchange(counts: readonly CallCount[]): Promise<boolean> {
    const asked = performance.now();
    const parts = counts.map((count) => ({ count, calls: count.takeOut() }));
    try {
      const learnt = await this.transactions.run((em) => this.add(em, parts));
      for (const [i, { count, calls }] of parts.entries()) count.written(calls, { ...learnt[i]!, asked });
      return true;
    } catch (error) {
      for (const { count, calls } of parts) count.failed(calls);
      this.log.warn(`Calls were not written yet: ${(error as Error).message}`);
      return false;
    }
  }

  private async add(
    em: EntityManager,
    parts: readonly { count: CallCount; calls: number }[],
  ): Promise<{ total: number; plan: Plan }[]> {
    const rows = parts.map(({ count, calls }) => ({ ...count.row, calls }));
    const sums = new Map((await addCalls(em, rows)).map((row) => [keyOf(row), row.calls]));
    const held = await this.plans.ofAll(em, [...new Set(rows.map(({ workspaceId }) => workspaceId))]);
    const learnt = parts.map(({ count }) => ({
      total: sums.get(keyOf(count)) ?? 0,
      plan: held.get(count.workspaceId)!.plan,
    }));
    for (const [i, { count }] of parts.entries()) {
      const { total: used, plan } = learnt[i]!;
      await this.look(em, count, plan, used);
    }
    return learnt;
  }

  /** Counts calls in the database: the limit is near. @returns for each whether it is allowed */
  private async exactly(count: CallCount, wanted: number): Promise<boolean[]> {
    const { plan, allowed } = count;
    const calls = count.takeOut();
    const { total, taken } = await this.transactions
      .run(async (em) => {
        if (calls > 0) await addCalls(em, [{ ...count.row, calls }]);
        const { calls: total, taken } = await takeCalls(
          em,
          { ...count.row, calls: wanted },
          allowed ?? Number.MAX_SAFE_INTEGER,
        );
        if (plan) await this.look(em, count, plan, total);
        return { total, taken };
      })
      .catch((error: unknown) => {
        count.failed(calls);
        throw error;
      });
    count.taken(calls, total);
    return Array.from({ length: wanted }, (_, i) => i < taken);
  }

  private async look(em: EntityManager, { workspaceId, kind }: CallCount, plan: Plan, used: number): Promise<void> {
    const allowed = limitOf(plan, kind.name);
    if (allowed !== null) await this.notices.look(em, { workspaceId, kind, plan, used, allowed });
  }

  private refused({ workspaceId, kind, plan, used }: CallCount, allowed: number): Error {
    if (!plan) throw new Error('A call was refused without a plan.');
    this.notices.refused({ workspaceId, kind, plan, used, allowed });
    return refusal({ kind, plan, used, allowed, wanted: 1, more: this.payments.advice });
  }

  private countOf(kind: QuotaKind, workspaceId: string): CallCount {
    const month = this.month.now();
    const known = this.counts.get(workspaceId);
    if (known?.month === month) return known;
    if (known) this.past.add(known);
    const count: CallCount = new CallCount(kind, workspaceId, month, (wanted) => this.exactly(count, wanted));
    this.counts.set(workspaceId, count);
    return count;
  }
}

function keyOf({ workspaceId, month }: { workspaceId: string; month: string }): string {
  return `${workspaceId}/${month}`;
}
