import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '#platform/config/index.js';
import { RedisConfig, RedisConnections } from '#platform/redis/index.js';
import { Metrics } from '#platform/telemetry/index.js';
import { Cache } from './cache.js';

const opened: RedisConnections[] = [];

function connections(url: string | undefined): RedisConnections {
  const env = { REDIS_URL: url, SIGNALBOX_REDIS_PREFIX: `cache-${process.pid}` };
  const made = new RedisConnections(readConfig(RedisConfig, env));
  opened.push(made);
  return made;
}

let redis: RedisConnections;
let cache: Cache;

beforeAll(() => {
  redis = connections(process.env['TEST_REDIS_URL']);
  cache = new Cache(redis, new Metrics());
});
afterAll(() => Promise.all(opened.map((c) => c.onApplicationShutdown())));

function counted(value: () => unknown = () => 'value') {
  const load = async () => {
    load.calls++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return value();
  };
  load.calls = 0;
  return load;
}

describe('the cache', () => {
  it('loads once and keeps the value', async () => {
    const load = counted(() => ({ a: [1, 'ü'] }));
    expect(await cache.getOrSet('kept', { ttlSeconds: 600 }, load)).toEqual({ a: [1, 'ü'] });
    expect(await cache.getOrSet('kept', { ttlSeconds: 600 }, load)).toEqual({ a: [1, 'ü'] });
    expect(load.calls).toBe(1);
    expect(await cache.hitRate()).toBeGreaterThan(0);
  });

  it('lets one caller load while the others wait', async () => {
    const load = counted();
    await Promise.all(Array.from({ length: 50 }, () => cache.getOrSet('herd', { ttlSeconds: 600 }, load)));
    expect(load.calls).toBe(1);
  });

  it('drops every value under an invalidated tag, in another process too', async () => {
    const load = counted();
    const options = { ttlSeconds: 600, tags: ['deals', 'w1'] };
    await cache.getOrSet('tagged', options, load);
    await new Cache(redis, new Metrics()).invalidate(['w1']);
    await cache.getOrSet('tagged', options, load);
    expect(load.calls).toBe(2);
  });

  it('does not keep a value whose tag was invalidated while it loaded', async () => {
    const options = { ttlSeconds: 600, tags: ['raced'] };
    const load = async () => {
      await cache.invalidate(['raced']);
      return 'old';
    };
    await cache.getOrSet('raced', options, load);
    expect(await cache.getOrSet('raced', options, async () => 'new')).toBe('new');
  });

  it('passes on the error of a load and tries again next time', async () => {
    const failing = cache.getOrSet('failing', { ttlSeconds: 600 }, async () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await cache.getOrSet('failing', { ttlSeconds: 600 }, async () => 1)).toBe(1);
  });

  it('loads every time while Redis is away', async () => {
    const away = connections('redis://127.0.0.1:1');
    const alone = new Cache(away, new Metrics());
    const load = counted();
    await alone.getOrSet('x', { ttlSeconds: 600, tags: ['t'] }, load);
    await alone.getOrSet('x', { ttlSeconds: 600, tags: ['t'] }, load);
    await alone.invalidate(['t']);
    expect(load.calls).toBe(2);
    expect(await away.alive()).toBe(false);
    expect(await redis.alive()).toBe(true);
  });
});
