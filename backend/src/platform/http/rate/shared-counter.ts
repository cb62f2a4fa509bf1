import { LRUCache } from 'lru-cache';
import type { Redis } from 'ioredis';
import type { RatePolicy, RateVerdict } from './policy.js';

/** How long counts stay in this process before the others learn of them, in milliseconds. */
const SYNC_MS = 100;
/** The pause after Redis did not answer. */
const AWAY_MS = 1000;
/** Principals that one process counts at once, in at most 15 MB; beyond it the ones idle for longest start anew. */
const MAX_COUNTED = 50_000;
/** Counts that go to Redis in one pipeline: a flood of principals must not build one command list of all. */
const BATCH = 1000;

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
  private readonly counts = new LRUCache<string, Count>({
    max: MAX_COUNTED,
    dispose: (_count, key, reason) => void (reason === 'evict' && this.changed.delete(key)),
  });
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

  /** Stops the timer and brings the last counts over, if Redis answers soon. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await Promise.race([this.sync(), new Promise((resolve) => setTimeout(resolve, AWAY_MS).unref())]);
  }

  private schedule(afterMs: number): void {
    if (this.timer || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.sync();
    }, afterMs).unref();
  }

  /** Goes on as long as Redis answers; what it did not take is brought over later. */
  private async exchange(): Promise<void> {
    let away = false;
    const waiting = this.toBring();
    for (let i = 0; i < waiting.length && !away; i += BATCH) away = !(await this.bring(waiting.slice(i, i + BATCH)));
    if (this.changed.size > 0) this.schedule(away ? AWAY_MS : SYNC_MS);
  }

  /** The counts that the others do not know of; those of a window that is over interest nobody any more. */
  private toBring(): string[] {
    const now = this.clock();
    for (const key of this.changed) {
      const count = this.counts.peek(key);
      const current = count && count.pending > 0 && (count.window + 1) * count.windowMs > now;
      if (!current) this.changed.delete(key);
    }
    return [...this.changed];
  }

  /** Brings some counts over in one pipeline. @returns false when Redis did not take them all */
  private async bring(keys: string[]): Promise<boolean> {
    const batch = keys.flatMap((key) => {
      const count = this.counts.peek(key);
      return count ? [{ key, count, sent: count.pending }] : [];
    });
    const pipeline = this.redis.pipeline();
    for (const { key, count, sent } of batch) {
      const at = `${this.prefix}:rate:${key}:${count.window}`;
      pipeline.incrby(at, sent).pexpire(at, count.windowMs + 5000);
    }
    const answers = await pipeline.exec().catch(() => null);
    let taken = true;
    batch.forEach(({ key, count, sent }, i) => {
      const [error, total] = answers?.[i * 2] ?? [new Error('away')];
      if (error || typeof total !== 'number') return void (taken = false);
      count.pending -= sent;
      // A wiped Redis knows less than this process does.
      count.known = Math.max(count.known + sent, total);
      if (count.pending === 0 && this.counts.peek(key) === count) this.changed.delete(key);
    });
    return taken;
  }
}
