// Runs one command of the application, dist/backend/src/cli/NAME.js, with everything it needs: packages, build, and the
// services of the running instance or, when none runs, its own for as long as it takes.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { ensureDebianPackages, REDIS } from './lib/debian.mjs';
import { Fault, sayOnStandardError } from './lib/fault.mjs';
import { makeDataFolder, runningInstance, takeInstance } from './lib/instance.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { dataFolder, pinnedNode, root } from './lib/paths.mjs';
import { checkpoint } from './lib/processes.mjs';
import { REDIS_MISSING } from './lib/redis.mjs';
import { needsEmbedded, startServices } from './lib/services.mjs';

/** Commands that read no database. */
const ALONE = ['config-docs'];

/**
 * @param {string} dir
 * @param {(cleanup: () => unknown) => void} later
 * @returns {Promise<Record<string, string>>} where the services are
 */
async function services(dir, later) {
  const running = runningInstance(dir);
  if (running && running.env.DATABASE_URL) return running.env;
  if (!needsEmbedded()) return {};
  makeDataFolder(dir);
  const instance = takeInstance(dir);
  later(instance.release);
  if (!process.env.REDIS_URL?.trim()) await ensureDebianPackages([REDIS], () => REDIS_MISSING);
  const started = await startServices(dir);
  later(started.stop);
  return started.env;
}

await command(async (stopped, later) => {
  sayOnStandardError();
  const [name = '', ...args] = process.argv.slice(2);
  await ensurePackages();
  await ensureBuild();
  const file = join(root, 'dist/backend/src/cli', `${name}.js`);
  if (!existsSync(file)) throw new Fault(`There is no command "${name}".`);
  const dir = dataFolder();
  // What the operator has set goes before what a running instance uses.
  const env = ALONE.includes(name) ? {} : { ...(await services(dir, later)), ...operatorUrls() };
  checkpoint();
  const child = spawn(pinnedNode, ['--enable-source-maps', file, ...args], {
    cwd: process.env.INIT_CWD ?? root, // paths in the arguments are the caller's
    env: { ...process.env, ...env, SIGNALBOX_DATA_DIR: dir },
    stdio: 'inherit',
  });
  void stopped.then(() => child.kill('SIGTERM'));
  return new Promise((ended, failed) => child.once('exit', (code) => ended(code ?? 128)).once('error', failed));
});

/** @returns {Record<string, string>} */
function operatorUrls() {
  const set = ['DATABASE_URL', 'REDIS_URL'].filter((name) => process.env[name]?.trim());
  return Object.fromEntries(set.map((name) => [name, process.env[name] ?? '']));
}
