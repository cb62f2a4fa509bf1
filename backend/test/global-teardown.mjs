import { rmSync } from 'node:fs';

export default async function globalTeardown() {
  const { postgres, redis, dir } = globalThis.__signalboxServices;
  await Promise.all([postgres.stop(), redis.stop()]);
  rmSync(dir, { recursive: true, force: true });
}
