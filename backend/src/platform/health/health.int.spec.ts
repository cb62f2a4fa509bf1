import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { InstanceConfig } from '#platform/config/index.js';
import type { TestPerson } from '#test/factories.js';
import { wholeApplication, type WholeApplication } from '#test/whole-application.js';
import { startRedis } from '../../../../scripts/lib/redis.mjs';

// A Redis of its own: this spec stops it.
const dir = mkdtempSync(join(tmpdir(), 'sbx-health-'));
chmodSync(dir, 0o711);
let redis: { url: string; stop(): Promise<void> };
let whole: WholeApplication;
let operator: TestPerson;

beforeAll(async () => {
  redis = await startRedis({ dir: join(dir, 'redis') });
  whole = await wholeApplication({ REDIS_URL: redis.url });
  operator = await whole.make.person().operator().create();
}, 60_000);
afterAll(async () => {
  await whole.close();
  await redis.stop();
  rmSync(dir, { recursive: true, force: true });
});

const get = async (path: string, as?: TestPerson) => {
  const answer = await whole.request('GET', path, as ? { headers: as.headers } : {});
  return { status: answer.statusCode, body: answer.json() };
};

async function becomes(part: string, status: string): Promise<void> {
  while ((await get('/health')).body.parts[part].status !== status)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

it('is degraded without Redis, and stays ready', async () => {
  expect((await get('/health')).body.status).toBe('ok');
  await redis.stop();
  await becomes('redis', 'degraded');
  const all = await get('/health');
  expect([all.status, all.body.status, all.body.parts.redis]).toEqual([200, 'degraded', { status: 'degraded' }]);
  expect((await get('/health', operator)).body.parts.redis).toEqual({
    status: 'degraded',
    sentence: 'Redis does not answer: what it would do is done without it, or waits.',
  });
  const ready = { status: 'ok', parts: { database: { status: 'up' }, migrations: { status: 'up' } } };
  expect(await get('/health/ready')).toEqual({ status: 200, body: ready });
  expect((await get('/api/v1/health')).body.alerts).toEqual([{ part: 'redis', sentence: 'redis is degraded.' }]);
  redis = await startRedis({ dir: join(dir, 'redis') });
  await becomes('redis', 'up');
  expect((await get('/health')).body.status).toBe('ok');
}, 60_000);

it('is degraded when a reader of the log has stopped, and says which to operators only', async () => {
  await whole.make.sql(`update reader_cursor set state = 'stopped', stopped_at = now() where reader = $1`, [
    'subscriptions',
  ]);
  const owner = await whole.make.person().create();
  await becomes('event-log', 'degraded');
  for (const answer of [await get('/health'), await get('/health', owner)]) {
    expect([answer.status, answer.body.status]).toEqual([200, 'degraded']);
    expect(answer.body.parts['event-log']).toEqual({ status: 'degraded' });
  }
  const { body } = await get('/health', operator);
  expect(body.parts['event-log']).toMatchObject({
    status: 'degraded',
    sentence: 'The reader subscriptions has stopped.',
    details: { subscriptions_behind: 0 },
  });
  expect((await get('/health/ready')).status).toBe(200);
  const restart = { headers: operator.headers };
  expect((await whole.request('POST', '/api/v1/log-readers/subscriptions/restart', restart)).statusCode).toBe(200);
  await becomes('event-log', 'up');
});

it('is degraded while the keys file cannot be read, and goes on with the keys that it has', async () => {
  const file = join(whole.app.get(InstanceConfig).dataDir, 'keys', 'master-keys.json');
  chmodSync(file, 0o644);
  await becomes('keys', 'degraded');
  expect((await get('/health', operator)).body.parts.keys.sentence).toMatch(
    /^Other users can read .* a start would fail\.$/,
  );
  expect((await get('/health')).body.parts.keys).toEqual({ status: 'degraded' });
  chmodSync(file, 0o600);
  await becomes('keys', 'up');
});
