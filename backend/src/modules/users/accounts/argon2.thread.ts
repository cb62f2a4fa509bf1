import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import type { HashTask } from './passwords.js';

// Requests come first: on Linux a thread has a priority of its own, and these give way to the one that serves. Elsewhere
// it would be the whole process that gives way.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

function outcome({ stored, password, cost }: HashTask): string | boolean {
  return stored === undefined ? hashSync(password, cost) : verifySync(stored, password);
}

parentPort?.on('message', (task: HashTask) => {
  try {
    parentPort?.postMessage({ output: outcome(task) });
  } catch (error) {
    parentPort?.postMessage({ error: (error as Error).message });
  }
});
parentPort?.postMessage({ ready: true });
