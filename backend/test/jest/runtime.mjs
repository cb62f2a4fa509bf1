// What Jest runs a spec with, in place of jest-runtime.
import { createRequire } from 'node:module';
import { shouldInstrument } from '@jest/transform';
import { startCoverage, takeCoverage } from './coverage.mjs';
import { Modules, sourceMaps, sources } from './modules.mjs';

/** @typedef {import('./environment.mjs').default} Environment */
/** @typedef {import('@jest/transform').ScriptTransformer} Transformer */
/** @typedef {import('@jest/transform').ShouldInstrumentOptions} CoverageOptions */

const require = createRequire(import.meta.url);

const ESM = {
  isInternalModule: false,
  supportsDynamicImport: true,
  supportsExportNamespaceFrom: true,
  supportsStaticESM: true,
  supportsTopLevelAwait: true,
};
const MOCKS = /** @type {const} */ ([
  'fn',
  'spyOn',
  'mocked',
  'replaceProperty',
  'clearAllMocks',
  'resetAllMocks',
  'restoreAllMocks',
]);
const TIMERS = /** @type {const} */ ([
  'useFakeTimers',
  'useRealTimers',
  'setSystemTime',
  'advanceTimersByTime',
  'advanceTimersByTimeAsync',
  'runAllTimers',
]);

/**
 * Jest's own runtime loads every module anew for every spec, in a context (a second set of `Object`, `Error`, …) of its own:
 * 5,500 modules of packages and 900 of ours for a spec that boots the application, 5 s of processor time. This one loads
 * packages once a worker, as Node does in production, and ours anew for each spec, into the one context there is: 0.2 s.
 * Hence `instanceof` means in specs what it means in production, and state that a package keeps for the whole process is
 * seen by the specs that follow in the same worker. Modules cannot be mocked.
 */
export default class Runtime {
  #config;
  #environment;
  #coverage;
  #modules;
  /** @type {Record<string, unknown>} */
  #globals = {};
  /** @type {Awaited<ReturnType<typeof takeCoverage>>} */
  #ran = [];

  /**
   * @param {Parameters<typeof shouldInstrument>[2]} config
   * @param {Environment} environment
   * @param {unknown} _resolver
   * @param {Transformer} transformer
   * @param {unknown} _files
   * @param {CoverageOptions} coverage
   */
  constructor(config, environment, _resolver, transformer, _files, coverage) {
    this.#config = config;
    this.#environment = environment;
    this.#coverage = coverage;
    this.#modules = new Modules(
      (path) => transformer.transform(path, { ...coverage, ...ESM }),
      () => ({ ...this.#globals, jest: this.#jest() }),
    );
  }

  #jest() {
    const { moduleMocker, fakeTimersModern, global } = this.#environment;
    /** @type {Record<string, unknown>} */
    const jest = {
      setTimeout: (/** @type {number} */ ms) => Reflect.set(global, Symbol.for('TEST_TIMEOUT_SYMBOL'), ms) && jest,
    };
    /** @type {[object, readonly string[]][]} */
    const parts = [
      [moduleMocker, MOCKS],
      [fakeTimersModern, TIMERS],
    ];
    for (const [part, names] of parts) {
      for (const name of names) {
        jest[name] = (/** @type {unknown[]} */ ...args) => Reflect.get(part, name).apply(part, args) ?? jest;
      }
    }
    return jest;
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** @param {string} path */
  async unstable_importModule(path) {
    await this.#modules.import(path);
  }

  /** @param {string} path */
  requireModule(path) {
    return require(path);
  }

  /**
   * Parts of Jest itself that keep the state of one spec.
   * @param {string} path
   */
  requireInternalModule(path) {
    delete require.cache[path];
    return require(path);
  }

  /** @param {Record<string, unknown>} globals */
  setGlobalsForRuntime(globals) {
    this.#globals = globals;
  }

  /** Jest keeps it, and looks into it when something fails. */
  getSourceMaps() {
    return sourceMaps;
  }

  async collectV8Coverage() {
    await startCoverage();
  }

  async stopCollectingV8Coverage() {
    const loaded = [...sources.keys()];
    this.#ran = await takeCoverage(
      (path) => sources.has(path) && shouldInstrument(path, this.#coverage, this.#config, loaded),
    );
  }

  getAllV8CoverageInfoCopy() {
    return this.#ran.map((result) => ({ codeTransformResult: sources.get(result.url), result }));
  }

  /** Jest asks for coverage of its other kind, too. */
  getAllCoverageInfoCopy() {
    return undefined;
  }

  enterTestCode() {}

  leaveTestCode() {}

  teardown() {
    this.#environment.moduleMocker.restoreAllMocks();
    this.#modules.clear();
  }
}
