// What every spec runs in: the worker itself, put back in order after each.
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** Where Jest keeps the state of one spec. */
const OF_ONE_SPEC = new Set(['EVENT_HANDLERS', 'JEST_STATE_SYMBOL', 'RETRY_TIMES_SETTER', 'TEST_TIMEOUT_SYMBOL']);

/**
 * Specs share the worker's global object with Jest and with packages, which are loaded once a worker (see `Runtime`). What a
 * spec changed of the globals, of the environment and of the process' listeners is undone when it ends; what a package added
 * when it was loaded stays.
 */
export default class Environment {
  global = globalThis;
  fakeTimers = null;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimersModern;
  #globals = Object.getOwnPropertyDescriptors(globalThis);
  #env = { ...process.env };
  #exit = process.exit;
  #exitCode = process.exitCode;
  #listeners = listeners();

  /** @param {{projectConfig: ConstructorParameters<typeof ModernFakeTimers>[0]['config']}} config */
  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  /** There is no other context; Jest asks for this function before it measures coverage. */
  getVmContext() {
    return null;
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    this.#restoreGlobals();
    for (const name of Object.keys(process.env)) if (!(name in this.#env)) delete process.env[name];
    Object.assign(process.env, this.#env);
    process.exit = this.#exit;
    process.exitCode = this.#exitCode;
    for (const [event, listener] of listeners()) {
      if (!this.#listeners.some(([, known]) => known === listener)) process.removeListener(event, listener);
    }
  }

  #restoreGlobals() {
    for (const key of Reflect.ownKeys(globalThis)) {
      const before = Reflect.get(this.#globals, key);
      const now = Object.getOwnPropertyDescriptor(globalThis, key);
      if (!before && OF_ONE_SPEC.has(typeof key === 'symbol' ? (key.description ?? '') : key))
        Reflect.deleteProperty(globalThis, key);
      else if (before && (before.value !== now?.value || before.get !== now?.get))
        Object.defineProperty(globalThis, key, before);
    }
  }
}

/** @returns {[string | symbol, (...args: unknown[]) => void][]} */
function listeners() {
  return process
    .eventNames()
    .flatMap((event) =>
      process.rawListeners(/** @type {'exit'} */ (event)).map((listener) => /** @type {const} */ ([event, listener])),
    )
    .map(([event, listener]) => [event, /** @type {(...args: unknown[]) => void} */ (listener)]);
}
