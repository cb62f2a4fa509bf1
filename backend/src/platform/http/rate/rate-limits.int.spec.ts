import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Actor } from '#platform/access/index.js';
import { bootHttp, type HttpKit, person } from '#test/http-kit.js';
import { redisUrl } from '#test/harness.js';
import { Endpoint, RateLimits } from '../index.js';
import { addressPrincipal } from './rate-limits.js';
import { SharedCounter } from './shared-counter.js';

@Controller('limited')
class LimitedController {
  @Get()
  @Endpoint({ permission: 'public', summary: 'Counted', status: 204 })
  plain() {}

  @Post('sign-in')
  @Endpoint({ permission: 'public', summary: 'Counted exactly', status: 204, rateClass: 'auth' })
  auth() {}

  @Get('export')
  @Endpoint({ permission: 'self', summary: 'Counted by class', status: 204, rateClass: 'export' })
  export() {}

  @Get('free')
  @Endpoint({ permission: 'public', summary: 'Not counted', status: 204, rateClass: 'none' })
  free() {}
}

const env = {
  SIGNALBOX_RATE_ANONYMOUS: '5',
  SIGNALBOX_RATE_USER: '8',
  SIGNALBOX_RATE_API_KEY: '3',
  SIGNALBOX_RATE_AUTH: '4',
  SIGNALBOX_RATE_EXPORT: '2',
  SIGNALBOX_TRUST_PROXY: 'loopback',
};

let addresses = 1;
/** Each test asks from an address of its own. */
const elsewhere = () => ({ 'x-forwarded-for': `192.0.2.${addresses++}` });

describe('rate limits', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [LimitedController], env });
  });
  afterAll(() => kit.close());

  const burst = async (times: number, ask: () => Promise<{ status: number }>) => {
    const answers = await Promise.all(Array.from({ length: times }, ask));
    return answers.filter(({ status }) => status === 429).length;
  };
  const get = (path: string, headers: Record<string, string>, as?: Actor) =>
    kit.call('GET', `/api/v1/limited${path}`, { headers, as });

  it('count by address without sign-in, and say so in headers', async () => {
    const from = elsewhere();
    const first = await get('', from);
    expect(first.headers.get('ratelimit-policy')).toBe('"anonymous";q=5;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"anonymous";r=4;t=([1-9]|[1-5]\d|60)$/);
    expect(await burst(9, () => get('', from))).toBe(5);
    const refused = await get('', from);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('ratelimit')).toMatch(/r=0/);
    expect((await get('', elsewhere())).status).toBe(204);
  });

  it('count people and keys, not their addresses', async () => {
    const someone = person();
    const key = person({ kind: 'api_key' });
    expect(await burst(10, () => get('', elsewhere(), someone))).toBe(2);
    expect(await burst(10, () => get('', elsewhere(), key))).toBe(7);
    expect((await get('', elsewhere(), person())).status).toBe(204);
  });

  it('count bad credentials and addresses without a route as anonymous', async () => {
    const from = elsewhere();
    const ask = () =>
      kit.call('GET', '/api/v1/limited/export', { headers: { ...from, authorization: 'Bearer guess' } });
    expect(await burst(7, ask)).toBe(2);
    expect((await kit.call('GET', '/api/v1/no/such', { headers: from })).status).toBe(429);
  });

  it('count classes by themselves', async () => {
    const someone = person();
    const from = elsewhere();
    expect(await burst(5, () => get('/export', from, someone))).toBe(3);
    expect((await get('', from, someone)).status).toBe(204);
  });

  it('do not count what is free', async () => {
    const from = elsewhere();
    expect(await burst(20, () => get('/free', from))).toBe(0);
    expect((await get('/free', from)).headers.get('ratelimit')).toBeNull();
  });

  it('count sign-ins exactly across processes', async () => {
    const other = await bootHttp({ controllers: [LimitedController], env, instance: kit.instance });
    try {
      const from = elsewhere();
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          (i % 2 ? kit : other).call('POST', '/api/v1/limited/sign-in', { headers: from }),
        ),
      );
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(4);
      const refused = answers.find(({ status }) => status === 429);
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    } finally {
      await other.close();
    }
  });

  it('let a room count by its own policy', async () => {
    const limits = kit.app.get(RateLimits);
    const policy = { name: 'reset', limit: 2, windowSeconds: 60 };
    await limits.spend(policy, 'ada@example.com');
    await limits.spend(policy, 'ada@example.com');
    await expect(limits.spend(policy, 'ada@example.com')).rejects.toMatchObject({ code: 'too_many_requests' });
    await expect(limits.spend(policy, 'bob@example.com')).resolves.toBeUndefined();
  });
});

describe('rate limits without Redis', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [LimitedController], env: { ...env, REDIS_URL: 'redis://127.0.0.1:1' } });
  });
  afterAll(() => kit.close());

  it('are counted in the process', async () => {
    const from = elsewhere();
    const statuses = [];
    for (let i = 0; i < 8; i++) statuses.push((await kit.call('GET', '/api/v1/limited', { headers: from })).status);
    expect(statuses).toEqual([204, 204, 204, 204, 204, 429, 429, 429]);
  });

  it('let no sign-in through uncounted', async () => {
    const answer = await kit.call('POST', '/api/v1/limited/sign-in', { headers: elsewhere() });
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('5');
  });
});

describe('the shared counter', () => {
  const policy = { name: 'spec', limit: 10, windowSeconds: 60 };
  const { url, prefix } = redisUrl('rate');
  const open: Redis[] = [];
  const connection = () => {
    const made = new Redis(url.startsWith('unix:') ? unix(url) : (url as never));
    open.push(made);
    return made;
  };
  afterEach(() => open.splice(0).forEach((redis) => redis.disconnect()));

  it('learns what other processes counted', async () => {
    const now = 1_000_000_000;
    const [a, b] = [
      new SharedCounter(connection(), prefix, () => now),
      new SharedCounter(connection(), prefix, () => now),
    ];
    for (let i = 0; i < 6; i++) a.take(policy, 'p');
    await a.sync();
    for (let i = 0; i < 3; i++) b.take(policy, 'p');
    await b.sync();
    expect(b.take(policy, 'p')).toMatchObject({ allowed: true, remaining: 0 });
    expect(b.take(policy, 'p')).toMatchObject({ allowed: false, remaining: 0 });
    await b.sync();
    a.take(policy, 'p');
    await a.sync();
    expect(a.take(policy, 'p').allowed).toBe(false);
  });

  it('begins anew with each window', () => {
    let now = 60_000 * 100;
    const counter = new SharedCounter(connection(), `${prefix}-w`, () => now);
    for (let i = 0; i < 10; i++) counter.take(policy, 'p');
    expect(counter.take(policy, 'p')).toMatchObject({ allowed: false, resetSeconds: 60 });
    now += 59_999;
    expect(counter.take(policy, 'p')).toMatchObject({ allowed: false, resetSeconds: 1 });
    now += 1;
    expect(counter.take(policy, 'p')).toMatchObject({ allowed: true, remaining: 9 });
  });

  it('does not forget when Redis was wiped', async () => {
    const now = 2_000_000_000;
    const redis = connection();
    const counter = new SharedCounter(redis, `${prefix}-x`, () => now);
    for (let i = 0; i < 9; i++) counter.take(policy, 'p');
    await counter.sync();
    await redis.del(...(await redis.keys(`${prefix}-x:*`)));
    counter.take(policy, 'p');
    await counter.sync();
    expect(counter.take(policy, 'p').allowed).toBe(false);
  });

  it('takes one IPv6 customer for one', () => {
    expect(addressPrincipal('2001:db8:1:2:3::4')).toBe(addressPrincipal('2001:db8:1:2:ffff::1'));
    expect(addressPrincipal('2001:db8:1:2::1')).not.toBe(addressPrincipal('2001:db8:1:3::1'));
    expect(addressPrincipal('2001:DB8:1:2::1')).toBe(addressPrincipal('2001:0db8:0001:0002::1'));
    expect(addressPrincipal('fe80::1%eth0')).toBe(addressPrincipal('fe80::2'));
    expect(addressPrincipal('192.0.2.1')).toBe('192.0.2.1');
    expect(addressPrincipal('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(addressPrincipal('::ffff:c000:201')).toBe('192.0.2.1');
  });
});

function unix(url: string): never {
  const at = new URL(url);
  return { path: decodeURIComponent(at.pathname), password: at.searchParams.get('password') ?? undefined } as never;
}
