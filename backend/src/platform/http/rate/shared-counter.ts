import { LRUCache } from 'lru-cache';
import type { Redis } from 'ioredis';
import type { RatePolicy, RateVerdict } from './policy.js';

/** How long counts stay in this process before the others learn of them, in milliseconds. */
const SYNC_MS = 100;
/** The pause after Redis did not answer. */
const AWAY_MS = 1000;
/** Principals that one process counts at once; beyond it the ones idle for longest start anew. */
const MAX_COUNTED = 100_000;

interface Count {
  window: number;
  windowMs: number;
  /** What all processes together are known to have counted. */
  known: number;
  /** What this process counted since. */
  pending: number;
}

/**
 * Counts requests in fixed windows. Each process counts in memory and adds its counts to Redis in one pipeline every
 * 100 ms, learning the others' on the way: a request costs a map look-up instead of a round trip, and all processes together
 * let through at most what one client can send in 100 ms more than the limit. While Redis is away each process counts alone.
 */
export class SharedCounter {
  private readonly counts = new LRUCache<string, Count>({ max: MAX_COUNTED });
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private syncing: Promise<void> | undefined;
  private closed = false;

  /**
   * @param redis the connection; commands must fail at once while Redis is away
   * @param prefix what keys begin with
   * @param clock milliseconds since the epoch
   */
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Counts one request of the principal. A refused request is not counted. */
  take(policy: RatePolicy, principal: string): RateVerdict {
    const now = this.clock();
    const windowMs = policy.windowSeconds * 1000;
    const window = Math.floor(now / windowMs);
    const key = `${policy.name}:${principal}`;
    let count = this.counts.get(key);
    if (!count || count.window !== window) {
      count = { window, windowMs, known: 0, pending: 0 };
      this.counts.set(key, count);
    }
    const resetSeconds = Math.ceil(((window + 1) * windowMs - now) / 1000);
    const used = count.known + count.pending;
    if (used >= policy.limit) return { allowed: false, policy, remaining: 0, resetSeconds };
    count.pending++;
    this.changed.add(key);
    this.schedule(SYNC_MS);
    return { allowed: true, policy, remaining: policy.limit - used - 1, resetSeconds };
  }

  /** Brings this process's counts to Redis and the others' back. Does nothing that matters while Redis is away. */
  async sync(): Promise<void> {
    this.syncing ??= this.exchange().finally(() => (this.syncing = undefined));
    return this.syncing;
  }

  /** Stops the timer and brings the last counts over. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.sync();
  }

  private schedule(afterMs: number): void {
    if (this.timer || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.sync();
    }, afterMs).unref();
  }

  private async exchange(): Promise<void> {
    const batch = [...this.changed].flatMap((key) => {
      const count = this.counts.peek(key);
      return count && count.pending > 0 ? [{ key, count, sent: count.pending }] : [];
    });
    this.changed.clear();
    if (batch.length === 0) return;
    const pipeline = this.redis.pipeline();
    for (const { key, count, sent } of batch) {
      const at = `${this.prefix}:rate:${key}:${count.window}`;
      pipeline.incrby(at, sent).pexpire(at, count.windowMs + 5000);
    }
    const answers = await pipeline.exec().catch(() => null);
    const away = !answers || answers.some(([error]) => error);
    batch.forEach(({ key, count, sent }, i) => {
      const [error, total] = answers?.[i * 2] ?? [new Error('away')];
      if (error || typeof total !== 'number') return void this.changed.add(key);
      count.pending -= sent;
      // A wiped Redis knows less than this process does.
      count.known = Math.max(count.known + sent, total);
    });
    if (this.changed.size > 0) this.schedule(away ? AWAY_MS : SYNC_MS);
  }
}
