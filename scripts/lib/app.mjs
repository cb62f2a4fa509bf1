// Runs the built application as a process of its own, on the pinned Node.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pinnedNode, root } from './paths.mjs';
import { endProcess, identify } from './processes.mjs';

/**
 * @typedef {object} App
 * @property {import('./processes.mjs').Identity | undefined} identity
 * @property {import('node:child_process').ChildProcess} child
 * @property {Promise<number>} exited settles with the exit code (128 when a signal ended it)
 * @property {() => Promise<void>} stop
 */

/**
 * Starts dist/backend/src/main.js in its own process group, so that a Ctrl-C reaches it once and in our order.
 * @param {Record<string, string>} env added to this process's environment
 * @param {'inherit' | number} output where its words go: ours, or an open file
 * @returns {App}
 */
export function startApp(env, output = 'inherit') {
  const leash = pathToFileURL(join(root, 'scripts/lib/leash.mjs')).href;
  const child = spawn(pinnedNode, ['--enable-source-maps', '--import', leash, join(root, 'dist/backend/src/main.js')], {
    cwd: root,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  const identity = identify(child.pid ?? 0);
  const exited = /** @type {Promise<number>} */ (
    new Promise((ended, failed) => child.once('exit', (code) => ended(code ?? 128)).once('error', failed))
  );
  return {
    identity,
    child,
    exited,
    stop: async () => {
      await endProcess(identity, { patience: 30_000 });
      await exited;
    },
  };
}
