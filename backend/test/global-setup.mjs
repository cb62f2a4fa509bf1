// Boots the real PostgreSQL and Redis once for all integration specs; each spec makes its own database (see harness.ts).
import { mkdtempSync } from 'node:fs';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { startRedis } from '../../scripts/lib/redis.mjs';

export default async function globalSetup() {
  const dir = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  chmodSync(dir, 0o711);
  const [postgres, redis] = await Promise.all([
    startPostgres({ dir: join(dir, 'postgres'), settings: { max_connections: '300', shared_buffers: '256MB' } }),
    startRedis({ dir: join(dir, 'redis') }),
  ]);
  process.env.TEST_DATABASE_URL = postgres.url;
  process.env.TEST_REDIS_URL = redis.url;
  globalThis.__signalboxServices = { postgres, redis, dir };
}
