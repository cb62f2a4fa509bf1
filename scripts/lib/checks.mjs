// The one list of checks, run the same way by `npm test`, `npm run lint` and CI.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { pinnedNode, root } from './paths.mjs';
import { run } from './processes.mjs';

/** Of the lines of `backend` and of `contract`, at least this share is run by the tests. */
const COVERED_PERCENT = 90;
/** Once Jest has told its outcome, all services are stopped and nothing is left to be done. */
const ENDS_WITHIN_MS = 30_000;

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */
/** @typedef {{name: string, run: () => Promise<{ok: boolean, output: string}>}} Check */

/** @param {string} path @param {string[]} args @returns {Check['run']} a check that is one program's exit code */
const program =
  (path, ...args) =>
  async () => {
    const { code, output } = await run(pinnedNode, [join(root, 'node_modules', path), ...args], { cwd: root });
    return { ok: code === 0, output };
  };

/** @param {string} config */
const cruise = (config) =>
  program('dependency-cruiser/bin/dependency-cruiser.mjs', '--config', config, 'backend', 'contract');

/** Every text of a template is marked. Loaded late: before the packages are there, none of this can be. @type {Check} */
const MARKED = {
  name: 'words are marked',
  run: async () => {
    const { unmarkedWords } = await import('./words.mjs');
    return told(unmarkedWords());
  },
};

/** Needs the build: every message that the console asks for is translated. @type {Check} */
export const TRANSLATED = {
  name: 'words are translated',
  run: async () => {
    const { builtWords, translationFaults } = await import('./words.mjs');
    const { translations } = JSON.parse(readFileSync(join(root, 'frontend/src/locale/zh-Hans.json'), 'utf8'));
    return told(translationFaults(builtWords(), translations));
  },
};

/** @param {string[]} faults */
const told = (faults) => ({ ok: faults.length === 0, output: faults.join('\n') });

/** None needs another. @type {Check[]} */
export const LINT = [
  { name: 'types', run: program('typescript/bin/tsc', '--noEmit', '-p', '.') },
  { name: 'lint', run: program('eslint/bin/eslint.js', '.', '--max-warnings=0') },
  { name: 'format', run: program('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.') },
  MARKED,
  { name: 'boundaries', run: cruise('.dependency-cruiser.mjs') },
  { name: 'cycles', run: cruise('.dependency-cruiser.cycles.mjs') },
];

/** Needs the build. @type {Check} */
export const SETTINGS_PAGE = {
  name: 'settings page',
  run: async () => {
    const command = [join(root, 'dist/backend/src/cli/config-docs.js'), '--check'];
    const { code, output } = await run(pinnedNode, command, { cwd: root });
    return { ok: code === 0, output };
  },
};

/** @type {Check} */
export const BUILD = { name: 'build', run: () => ensureBuild().then(() => ({ ok: true, output: '' }), failure) };

/**
 * Runs checks, begun in order, stopping at none, and says one line for each as it ends.
 * @param {Check[]} checks
 * @param {number} atOnce more than one where none needs what another makes
 * @returns {Promise<Counts>} each check counts as one test
 */
export async function runChecks(checks, atOnce = 1) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const waiting = [...checks];
  const runThem = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const from = Date.now();
      const { ok, output } = await check.run();
      counts[ok ? 'passed' : 'failed']++;
      report(check.name, ok, from);
      if (!ok) console.log(output.trim());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runThem));
  return counts;
}

/**
 * Runs the Jest suites; output goes straight to the terminal.
 * @param {string[]} patterns paths to choose specs by; none runs everything and measures the coverage
 * @returns {Promise<Counts>} the coverage of each side counts as one test
 */
export async function runJest(patterns) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-jest-'));
  const outcome = join(folder, 'outcome.json');
  const whole = patterns.length === 0;
  const from = Date.now();
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${outcome}`,
    // One more than the smallest machine has cores: specs wait for the services often enough.
    '--maxWorkers=3',
    '--passWithNoTests=false',
  ];
  const ended = await runToItsEnd([...jest, ...(whole ? ['--coverage'] : patterns)], outcome);
  const counts = existsSync(outcome)
    ? jestCounts(JSON.parse(readFileSync(outcome, 'utf8')))
    : { passed: 0, failed: 1, skipped: 0 };
  if (!ended) {
    counts.failed++;
    console.log('     Jest was done and did not end: a spec left a server, a connection or a timer open.');
  }
  rmSync(folder, { recursive: true });
  report(
    `unit and integration: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
    counts.failed === 0,
    from,
  );
  return whole ? sum(counts, await runChecks(COVERAGE)) : counts;
}

/**
 * Runs Jest, and ends it when it has told its outcome and something that a spec left open still holds it.
 * @param {string[]} args
 * @param {string} outcome the file that Jest writes at last
 * @returns {Promise<boolean>} whether it ended by itself
 */
async function runToItsEnd(args, outcome) {
  const overdue = new AbortController();
  let told = 0;
  const watch = setInterval(() => {
    if (!told && existsSync(outcome)) told = Date.now();
    if (told && Date.now() - told > ENDS_WITHIN_MS) overdue.abort();
  }, 1000);
  try {
    await run(pinnedNode, args, {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
      stdio: ['ignore', 'ignore', 'inherit'], // standard output repeats the JSON
      signal: overdue.signal,
    });
    return true;
  } catch (error) {
    if (!overdue.signal.aborted) throw error;
    return false;
  } finally {
    clearInterval(watch);
  }
}

/** @type {Check[]} */
const COVERAGE = ['backend/src', 'contract'].map((side) => ({
  name: `coverage of ${side}`,
  run: () =>
    Promise.resolve()
      .then(() => covered(side))
      .catch(failure),
}));

/** @param {string} side @returns {{ok: boolean, output: string}} */
function covered(side) {
  const summary = JSON.parse(readFileSync(join(root, 'coverage/coverage-summary.json'), 'utf8'));
  const files = Object.entries(summary).filter(([path]) => path.startsWith(join(root, side) + '/'));
  const total = files.reduce((lines, [, { lines: l }]) => lines + l.total, 0);
  const hit = files.reduce((lines, [, { lines: l }]) => lines + l.covered, 0);
  const percent = total === 0 ? 0 : (100 * hit) / total;
  const worst = files
    .map(([path, { lines: l }]) => ({ path: path.slice(root.length + 1), missed: l.total - l.covered }))
    .sort((a, b) => b.missed - a.missed)
    .slice(0, 10)
    .map(({ path, missed }) => `  ${path}: ${missed} lines not run`);
  const said = `${percent.toFixed(1)} % of the lines of ${side} are run; ${COVERED_PERCENT} % are asked for`;
  if (percent >= COVERED_PERCENT) console.log(`     ${said}`);
  return { ok: percent >= COVERED_PERCENT, output: [said, ...worst].join('\n') };
}

/**
 * @param {{numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numRuntimeErrorTestSuites: number, numTotalTestSuites: number}} outcome
 * @returns {Counts} a suite that could not even run counts as one failed test, and so does finding no suite
 */
export function jestCounts(outcome) {
  return {
    passed: outcome.numPassedTests,
    failed: outcome.numFailedTests + outcome.numRuntimeErrorTestSuites + (outcome.numTotalTestSuites === 0 ? 1 : 0),
    skipped: outcome.numPendingTests + outcome.numTodoTests,
  };
}

/** @param {Counts[]} all @returns {Counts} */
export function sum(...all) {
  const add = (/** @type {keyof Counts} */ key) => all.reduce((total, counts) => total + counts[key], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}

/** @param {string} name @param {boolean} ok @param {number} from */
function report(name, ok, from) {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
}

/** @param {unknown} error */
function failure(error) {
  return { ok: false, output: String(/** @type {Error} */ (error).message) };
}
