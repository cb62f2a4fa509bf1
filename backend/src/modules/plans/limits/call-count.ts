import { Batches } from '#platform/batches/index.js';
import type { QuotaKind } from '#platform/quotas/index.js';
import { limitOf, type Plan } from '../catalogue/plan.js';

/** So near to the limit each call is counted in the database, for all processes at once. */
const NEAR = 1000;
/** What was read is believed for so long, in milliseconds. */
const TRUSTED_MS = 2000;

/** What one process knows of a workspace's calls in a month. */
export class CallCount {
  /** The sum of all processes when it was last read; null before that. */
  private total: number | null = null;
  private readAt = -Infinity;
  /** Counted here: not written yet, and being written. */
  private waiting = 0;
  private flying = 0;
  plan?: Plan;
  /** While it is being read: those who come meanwhile wait for the same answer. */
  reading?: Promise<boolean>;

  /** Those who are counted in the database: who comes while one question is under way shares the next. */
  readonly takers: Batches<void, boolean>;

  /**
   * @param month its first day: `2026-11-01`
   * @param take counts so many in the database and says of each whether it is allowed
   */
  constructor(
    readonly kind: QuotaKind,
    readonly workspaceId: string,
    readonly month: string,
    take: (wanted: number) => Promise<boolean[]>,
  ) {
    this.takers = new Batches((calls) => take(calls.length), { most: 500 });
  }

  /** Null for no limit. */
  get allowed(): number | null {
    return this.plan ? limitOf(this.plan, this.kind.name) : null;
  }

  /** Where its sum is kept. */
  get row(): { workspaceId: string; month: string } {
    const { workspaceId, month } = this;
    return { workspaceId, month };
  }

  get used(): number {
    return (this.total ?? 0) + this.waiting + this.flying;
  }

  /** True while what was read may be believed. */
  fresh(now = performance.now()): boolean {
    return now - this.readAt < TRUSTED_MS;
  }

  /** True when nobody has called for a while and nothing is left to write. */
  idle(now = performance.now()): boolean {
    return !this.fresh(now) && this.waiting + this.flying === 0 && !this.reading;
  }

  /** True while a limit is so far away that counting in memory cannot pass it unseen. */
  farFrom(allowed: number): boolean {
    return this.used + NEAR < allowed;
  }

  /** True when every call that is allowed was made, as far as is known. */
  get full(): boolean {
    return this.allowed !== null && (this.total ?? 0) >= this.allowed;
  }

  add(): void {
    this.waiting++;
  }

  get due(): boolean {
    return this.waiting > 0;
  }

  /** Takes out what is to be written. End with `written` or `failed`. */
  takeOut(): number {
    const calls = this.waiting;
    this.waiting = 0;
    this.flying += calls;
    return calls;
  }

  /** What was taken out is part of the sum that was read. @param asked when the question was put (`performance.now()`) */
  written(calls: number, sum: { total: number; plan: Plan; asked: number }): void {
    this.flying -= calls;
    // Sums only grow: of two answers that cross, the larger is the newer.
    this.total = Math.max(this.total ?? 0, sum.total);
    this.plan = sum.plan;
    this.readAt = Math.max(this.readAt, sum.asked);
  }

  /** What was taken out is part of a sum that was read. What is believed of the plan grows older meanwhile. */
  taken(calls: number, total: number): void {
    this.flying -= calls;
    this.total = Math.max(this.total ?? 0, total);
  }

  failed(calls: number): void {
    this.flying -= calls;
    this.waiting += calls;
  }
}
