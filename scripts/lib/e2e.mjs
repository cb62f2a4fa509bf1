// Runs Playwright against a stand of its own.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted, sentence } from './fault.mjs';
import { pinnedNode, root } from './paths.mjs';
import { run } from './processes.mjs';
import { startStand } from './stand.mjs';

/**
 * @param {string[]} args Playwright's: files or parts of their names, -g TITLE, --project NAME
 * @returns {Promise<import('./checks.mjs').Counts>} a stand that does not start, and a run that tells no outcome, count as one failed test
 */
export async function runE2e(args) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-playwright-'));
  const outcome = join(folder, 'outcome.json');
  try {
    const stand = await startStand();
    try {
      await run(
        pinnedNode,
        [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '-c', 'e2e/playwright.config.ts', ...args],
        {
          cwd: root,
          env: { ...process.env, ...stand.env, E2E_OUTCOME: outcome },
          stdio: 'inherit',
        },
      );
    } finally {
      await stand.stop();
    }
    if (!existsSync(outcome)) return { passed: 0, failed: 1, skipped: 0 };
    return e2eCounts(JSON.parse(readFileSync(outcome, 'utf8')));
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    console.error(sentence(error));
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {{stats: {expected: number, unexpected: number, flaky: number, skipped: number}, errors?: unknown[]}} outcome
 * @returns {import('./checks.mjs').Counts} one that passed at its second try passed; an error outside of tests, and finding no test, count
 *   as one failed test
 */
export function e2eCounts({ stats: { expected, unexpected, flaky, skipped }, errors = [] }) {
  const none = expected + unexpected + flaky + skipped === 0;
  return { passed: expected + flaky, failed: unexpected + (errors.length > 0 || none ? 1 : 0), skipped };
}
