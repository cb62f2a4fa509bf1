// `npm run bench [NAME] [-- OPTIONS]`: runs backend/bench/*.bench.ts, each on a fresh PostgreSQL and Redis, one after the other.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrder } from './lib/bench-order.mjs';
import { ensureBuild } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { ensureDebianPackages, REDIS } from './lib/debian.mjs';
import { Fault, say } from './lib/fault.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { pinnedNode, root } from './lib/paths.mjs';
import { checkpoint, run } from './lib/processes.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { REDIS_MISSING, startRedis } from './lib/redis.mjs';

const SUFFIX = '.bench.ts';

/** Compiles benchmarks and the test harness beside the built application, so that they import it as it runs. */
async function compile() {
  await ensureBuild();
  const swc = [join(root, 'node_modules/@swc/cli/bin/swc.js'), 'backend/bench', 'backend/test', '--out-dir', 'dist'];
  const { code, output } = await run(pinnedNode, [...swc, '--config-file', '.swcrc', '--extensions', '.ts'], {
    cwd: root,
  });
  if (code !== 0) throw new Fault(`The benchmarks do not compile:\n${output.trim()}`);
}

/**
 * @param {string} name
 * @param {string[]} options
 * @returns {Promise<number>} the exit code
 */
async function bench(name, options) {
  const dir = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  chmodSync(dir, 0o711);
  mkdirSync(join(dir, 'data'));
  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    settings: { max_connections: '300', shared_buffers: '256MB' },
  });
  const redis = await startRedis({ dir: join(dir, 'redis') });
  try {
    checkpoint();
    say(`\n== ${name}`);
    const child = spawn(
      pinnedNode,
      ['--enable-source-maps', '--expose-gc', join(root, `dist/backend/bench/${name}.bench.js`), ...options],
      {
        cwd: root,
        env: {
          ...process.env,
          TEST_DATABASE_URL: postgres.url,
          TEST_REDIS_URL: redis.url,
          SIGNALBOX_DATA_DIR: join(dir, 'data'),
        },
        stdio: 'inherit',
      },
    );
    return await new Promise((ended, failed) => child.once('exit', (code) => ended(code ?? 128)).once('error', failed));
  } finally {
    await redis.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

await command(async () => {
  await ensureDebianPackages([REDIS], () => REDIS_MISSING);
  await ensurePackages();
  const known = readdirSync(join(root, 'backend/bench'))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
  const { names, options } = readOrder(process.argv.slice(2), known);
  await compile();
  let worst = 0;
  for (const name of names) worst = Math.max(worst, await bench(name, options));
  return worst;
});
