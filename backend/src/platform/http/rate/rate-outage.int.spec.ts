import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RedisConfig } from '#platform/redis/index.js';
import { bootHttp, type HttpKit } from '#test/http-kit.js';
import { startRedis } from '../../../../../scripts/lib/redis.mjs';
import { Endpoint } from '../index.js';
import { ExactCounter } from './exact-counter.js';
import { SharedCounter } from './shared-counter.js';

@Controller('limited')
class LimitedController {
  @Get()
  @Endpoint({ permission: 'public', summary: 'Counted', status: 204 })
  plain() {}

  @Post('sign-in')
  @Endpoint({ permission: 'public', summary: 'Counted exactly', status: 204, rateClass: 'auth' })
  auth() {}
}

const LIMIT = 6;

// A Redis of its own: this spec kills and freezes it.
const dir = mkdtempSync(join(tmpdir(), 'sbx-rate-'));
chmodSync(dir, 0o711);
let redis: Awaited<ReturnType<typeof startRedis>>;
let kit: HttpKit;
let addresses = 0;
beforeAll(async () => {
  redis = await startRedis({ dir: join(dir, 'redis') });
  kit = await bootHttp({
    controllers: [LimitedController],
    env: {
      REDIS_URL: redis.url,
      SIGNALBOX_RATE_ANONYMOUS: String(LIMIT),
      SIGNALBOX_RATE_AUTH: String(LIMIT),
      SIGNALBOX_TRUST_PROXY: 'loopback',
    },
  });
}, 60_000);
afterEach(async () => {
  process.kill(redis.pid, 'SIGCONT');
  await signsIn();
}, 60_000);
afterAll(async () => {
  await kit.close();
  await redis.stop();
  rmSync(dir, { recursive: true, force: true });
});

const elsewhere = () => ({ 'x-forwarded-for': `192.0.2.${++addresses}` });
const get = (from: Record<string, string>) => kit.call('GET', '/api/v1/limited', { headers: from });
const signIn = (from = elsewhere()) => kit.call('POST', '/api/v1/limited/sign-in', { headers: from });
const statusesOf = async (times: number, ask: () => Promise<{ status: number }>) => {
  const statuses = [];
  for (let i = 0; i < times; i++) statuses.push((await ask()).status);
  return statuses;
};
const kill = async () => {
  process.kill(redis.pid, 'SIGKILL');
  await redis.exited;
};
const restart = async () => (redis = await startRedis({ dir: join(dir, 'redis') }));
/** Waits until sign-ins are counted again. */
const signsIn = async () => {
  while ((await signIn()).status !== 204) await new Promise((resolve) => setTimeout(resolve, 50));
};

describe('rate limits while Redis is killed and comes back', () => {
  it('count in the process, go on from what was known, and take no sign-in', async () => {
    const from = elsewhere();
    expect(await statusesOf(LIMIT - 2, () => get(from))).toEqual(Array(LIMIT - 2).fill(204));
    await kill();
    expect(await statusesOf(4, () => get(from))).toEqual([204, 204, 429, 429]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn()));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(20).fill([503, 'unavailable']));
    await restart();
    await signsIn();
    expect((await get(from)).status).toBe(429);
  }, 60_000);

  it('count sign-ins exactly again afterwards', async () => {
    await kill();
    expect((await signIn()).status).toBe(503);
    await restart();
    await signsIn();
    const from = elsewhere();
    const answers = await Promise.all(Array.from({ length: 3 * LIMIT }, () => signIn(from)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(LIMIT);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2 * LIMIT);
  }, 60_000);
});

describe('rate limits while Redis is frozen, its connections open', () => {
  it('do not wait for it: requests are counted in the process, sign-ins refused', async () => {
    const from = elsewhere();
    process.kill(redis.pid, 'SIGSTOP');
    expect(await statusesOf(LIMIT + 2, () => get(from))).toEqual([...Array(LIMIT).fill(204), 429, 429]);
    const refused = await signIn();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    process.kill(redis.pid, 'SIGCONT');
    await signsIn();
    expect((await get(from)).status).toBe(429);
  }, 60_000);

  it('let only so many sign-ins wait for it', async () => {
    const connection = new Redis(kit.app.get(RedisConfig).options());
    const counter = new ExactCounter(connection, 'frozen');
    const policy = { name: 'spec', limit: 1_000_000, windowSeconds: 60 };
    const why = () => counter.take(policy, 'somebody').then(String, (error: Error) => String(error.cause));
    await counter.take(policy, 'somebody');
    process.kill(redis.pid, 'SIGSTOP');
    const waiting = Array.from({ length: 200 }, why);
    expect(await why()).toContain('200 attempts wait for Redis.');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['Error: Redis did not answer within 1000 ms.']));
    expect(await why()).toContain('200 attempts wait for Redis.');
    process.kill(redis.pid, 'SIGCONT');
    await connection.ping();
    await expect(counter.take(policy, 'somebody')).resolves.toMatchObject({ allowed: true });
    connection.disconnect();
  }, 60_000);
});

describe('what one process counts while Redis is away', () => {
  const policy = { name: 'spec', limit: 10, windowSeconds: 60 };

  it('is bounded, however many ask, and brought over in parts when it is back', async () => {
    let now = 60_000 * 1000;
    const connection = new Redis({
      ...kit.app.get(RedisConfig).options(),
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => 20,
    });
    connection.on('error', () => undefined);
    const counter = new SharedCounter(connection, 'flood', () => now);
    const held = counter as unknown as { counts: { size: number }; changed: Set<string> };
    await kill();
    for (let i = 0; i < 120_000; i++) counter.take(policy, `2001:db8:${i.toString(16)}::/64`);
    await counter.sync();
    expect([held.counts.size, held.changed.size]).toEqual([50_000, 50_000]);
    expect(counter.take(policy, '2001:db8:1d4bf::/64').remaining).toBe(8);

    await restart();
    while (connection.status !== 'ready') await new Promise((resolve) => setTimeout(resolve, 20));
    await counter.sync();
    expect(held.changed.size).toBe(0);
    expect(await connection.dbsize()).toBeGreaterThanOrEqual(50_000);

    counter.take(policy, 'late');
    now += 60_000;
    await counter.sync();
    expect(held.changed.size).toBe(0);
    expect(await connection.keys('flood:rate:spec:late:*')).toEqual([]);
    await counter.close();
    connection.disconnect();
  }, 60_000);
});
