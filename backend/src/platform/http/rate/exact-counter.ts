import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import type { Redis } from 'ioredis';
import { Unavailable } from '#platform/errors/index.js';
import type { RatePolicy, RateVerdict } from './policy.js';

/** A Redis that does not answer for so long is away, though its connection stands. */
const PATIENCE_MS = 1000;
/** Attempts that may wait for Redis at once: more of them would pile up in memory while it is frozen. */
const MOST_WAITING = 200;

/**
 * Counts attempts in Redis itself, for all processes at once: one too many is one too many. What cannot be counted is
 * refused.
 */
export class ExactCounter {
  private readonly storage: ThrottlerStorageRedisService;
  private waiting = 0;

  /**
   * @param redis the connection; commands must fail while Redis is away
   * @param prefix what keys begin with
   */
  constructor(
    redis: Redis,
    private readonly prefix: string,
  ) {
    this.storage = new ThrottlerStorageRedisService(redis);
  }

  /**
   * Counts one attempt. Refused attempts count too, so that hammering does not pay.
   *
   * @throws Unavailable while Redis is away or does not answer
   */
  async take(policy: RatePolicy, principal: string): Promise<RateVerdict> {
    const { limit, windowSeconds } = policy;
    const windowMs = windowSeconds * 1000;
    const key = `${this.prefix}:rate:${principal}`;
    const record = await this.counted(() => this.storage.increment(key, windowMs, limit, windowMs, policy.name));
    return {
      allowed: !record.isBlocked,
      policy,
      remaining: Math.max(0, limit - record.totalHits),
      resetSeconds: record.isBlocked ? record.timeToBlockExpire : record.timeToExpire,
    };
  }

  private async counted<T>(count: () => Promise<T>): Promise<T> {
    if (this.waiting >= MOST_WAITING) throw uncounted(new Error(`${this.waiting} attempts wait for Redis.`));
    this.waiting++;
    // A command stays in the connection's queue when its request has given up: it counts as waiting until it is settled.
    const counting = count().finally(() => this.waiting--);
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error(`Redis did not answer within ${PATIENCE_MS} ms.`)), PATIENCE_MS);
    });
    try {
      return await Promise.race([counting, patience]);
    } catch (error) {
      throw uncounted(error);
    } finally {
      clearTimeout(late);
    }
  }
}

function uncounted(cause: unknown): Unavailable {
  const extra = { headers: { 'Retry-After': '5' }, cause };
  return new Unavailable(
    'Attempts cannot be counted for the moment, so none is accepted: try again in a few seconds.',
    extra,
  );
}
