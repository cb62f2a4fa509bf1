import { Injectable, Logger } from '@nestjs/common';
import { Metrics } from '#platform/telemetry/index.js';
import { RedisConnections } from '#platform/redis/index.js';
import type { Redis } from 'ioredis';

/** How long a value is kept and which tags drop it. */
export interface CacheOptions {
  ttlSeconds: number;
  tags?: readonly string[];
}

interface Entry {
  /** Versions of the tags when the value was loaded. */
  tags: Record<string, string>;
  /** Milliseconds the load took: an expensive value is refreshed earlier. */
  cost: number;
  /** Milliseconds since the epoch. */
  expires: number;
  value: unknown;
}

/**
 * A cache on Redis for values that can always be loaded again. Values are JSON. A tag is a version in Redis; invalidating
 * it makes every value under it stale at once. One caller of a process loads a missing value while the others wait, and a
 * value near its end is loaded again early by one caller in expectation (Vattani et al., "Optimal Probabilistic Cache
 * Stampede Prevention", VLDB 2015). While Redis is away every call loads.
 */
@Injectable()
export class Cache {
  private readonly log = new Logger('cache');
  private readonly loading = new Map<string, Promise<unknown>>();
  private readonly lookups;

  constructor(
    private readonly redis: RedisConnections,
    metrics: Metrics,
  ) {
    this.lookups = metrics.counter('signalbox_cache_lookups_total', 'Cache look-ups by outcome.', ['outcome']);
  }

  /** The value of a key, loaded and kept when it is missing or stale. */
  async getOrSet<T>(key: string, options: CacheOptions, load: () => Promise<T>): Promise<T> {
    const kept = await this.read(key, options.tags ?? []);
    if (kept && !dueEarly(kept)) {
      this.lookups.inc({ outcome: 'hit' });
      return kept.value as T;
    }
    const running = this.loading.get(key) as Promise<T> | undefined;
    if (running) return running;
    this.lookups.inc({ outcome: 'miss' });
    const started = this.load(key, options, load).finally(() => this.loading.delete(key));
    this.loading.set(key, started);
    return started;
  }

  /** Makes every value under the tags stale, in all processes. */
  async invalidate(tags: readonly string[]): Promise<void> {
    for (const tag of tags) await this.quietly((redis) => redis.incr(this.tagKey(tag)));
  }

  /** Share of look-ups that found a value, from 0 to 1; null before the first. */
  async hitRate(): Promise<number | null> {
    const { values } = await this.lookups.get();
    const count = (outcome: string) => values.find((v) => v.labels['outcome'] === outcome)?.value ?? 0;
    const [hits, all] = [count('hit'), count('hit') + count('miss')];
    return all === 0 ? null : hits / all;
  }

  private async load<T>(key: string, options: CacheOptions, load: () => Promise<T>): Promise<T> {
    // The versions are read before the load: an invalidation during it must win.
    const tags = await this.versions(options.tags ?? []);
    const began = performance.now();
    const value = await load();
    if (tags) {
      const entry: Entry = {
        tags,
        cost: performance.now() - began,
        expires: Date.now() + options.ttlSeconds * 1000,
        value,
      };
      await this.quietly((redis) => redis.set(this.key(key), JSON.stringify(entry), 'EX', options.ttlSeconds));
    }
    return value;
  }

  private async read(key: string, tags: readonly string[]): Promise<Entry | undefined> {
    const found = await this.quietly((redis) => redis.mget(this.key(key), ...tags.map((t) => this.tagKey(t))));
    const [text, ...versions] = found ?? [];
    if (!text) return undefined;
    const entry = JSON.parse(text) as Entry;
    return tags.every((tag, i) => entry.tags[tag] === (versions[i] ?? '0')) ? entry : undefined;
  }

  private async versions(tags: readonly string[]): Promise<Record<string, string> | undefined> {
    if (tags.length === 0) return {};
    const found = await this.quietly((redis) => redis.mget(...tags.map((t) => this.tagKey(t))));
    return found && Object.fromEntries(tags.map((tag, i) => [tag, found[i] ?? '0']));
  }

  private async quietly<T>(use: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    try {
      return await use(this.redis.get('cache'));
    } catch (error) {
      this.log.debug(`The cache is away: ${(error as Error).message}`);
      return undefined;
    }
  }

  private key(key: string): string {
    return `${this.redis.prefix}:cache:${key}`;
  }

  private tagKey(tag: string): string {
    return `${this.redis.prefix}:tag:${tag}`;
  }
}

function dueEarly(entry: Entry): boolean {
  return Date.now() - entry.cost * Math.log(Math.random()) >= entry.expires;
}
