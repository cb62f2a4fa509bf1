// How every command begins and ends: signals, cleanups, one sentence for a fault.
import { Interrupted, sentence } from './fault.mjs';
import { interrupt } from './processes.mjs';

/**
 * Settles at the first signal that asks to stop; later ones change nothing, the stop is under way.
 * @returns {Promise<void>}
 */
function stopRequested() {
  return new Promise((stop) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => stop());
  });
}

/**
 * Does `work` with cleanups that run last-in first-out however it ends, and turns faults into one sentence and code 1.
 * @param {(stopped: Promise<void>, later: (cleanup: () => unknown) => void) => Promise<number>} work gives the exit code
 */
export async function command(work) {
  const stopped = stopRequested();
  void stopped.then(interrupt);
  /** @type {(() => unknown)[]} */
  const cleanups = [];
  let code = 0;
  try {
    code = await work(stopped, (cleanup) => cleanups.unshift(cleanup));
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      console.error(sentence(error));
      code = 1;
    }
  }
  for (const cleanup of cleanups) {
    try {
      await cleanup();
    } catch (error) {
      console.error(sentence(error));
      code ||= 1;
    }
  }
  process.exit(code);
}
