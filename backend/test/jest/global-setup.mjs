// Boots the real PostgreSQL and Redis once for all integration specs; each spec makes its own database (see harness.ts).
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../../scripts/lib/postgres.mjs';
import { startRedis } from '../../../scripts/lib/redis.mjs';

/**
 * Publishes TEST_DATABASE_URL (an empty database of a role that may create others) and TEST_REDIS_URL.
 */
export default async function globalSetup() {
  const dir = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  chmodSync(dir, 0o711);
  // Specs kill processes, never this server's machine: what it has not synced is not lost. Specs about that start their own.
  const unsafe = { fsync: 'off', full_page_writes: 'off' };
  const settings = { max_connections: '300', shared_buffers: '256MB', ...unsafe };
  const [postgres, redis] = await Promise.all([
    startPostgres({ dir: join(dir, 'postgres'), settings }),
    startRedis({ dir: join(dir, 'redis') }),
  ]);
  process.env.TEST_DATABASE_URL = postgres.url;
  process.env.TEST_REDIS_URL = redis.url;
  Object.assign(globalThis, {
    signalboxServices: {
      stop: async () => {
        await Promise.all([postgres.stop(), redis.stop()]);
        rmSync(dir, { recursive: true, force: true });
      },
    },
  });
}
