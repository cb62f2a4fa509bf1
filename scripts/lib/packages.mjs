// Installs the locked packages when node_modules is missing or differs from package-lock.json.
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, say } from './fault.mjs';
import { outsidePath, pinnedNode, root } from './paths.mjs';
import { readIfThere, run } from './processes.mjs';

/**
 * Brings node_modules to what package-lock.json says.
 * @throws {Fault} when npm fails
 */
export async function ensurePackages() {
  if (packagesAreCurrent()) return;
  const folder = join(root, 'node_modules');
  // npm would empty the folder that the link leads to, which is another's.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Fault(`${folder} is a link: install the packages where it leads (npm ci), then run the command again.`);
  const first = !existsSync(folder);
  say(
    first
      ? 'Installing the locked packages; the first time this takes a minute or two.'
      : 'Installing the packages that changed.',
  );
  const { code, output } = await run(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'],
    {
      cwd: root,
      env: { ...process.env, PATH: outsidePath() },
    },
  );
  if (code !== 0) throw npmFault(output);
  if (!existsSync(pinnedNode))
    throw new Fault(
      'npm did not install the pinned Node: allow install scripts (npm config set ignore-scripts false), then run the command again.',
    );
}

/** Whether every package that package-lock.json names stands in node_modules at its version. */
export function packagesAreCurrent() {
  const installed = readIfThere(join(root, 'node_modules/.package-lock.json'));
  if (!installed || !existsSync(pinnedNode)) return false;
  const have = JSON.parse(installed).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    // Optional packages of other platforms are never installed.
    return have[path] ? have[path].version === version : optional === true;
  });
}

/** @param {string} output */
function npmFault(output) {
  if (/ENOSPC|no space left/i.test(output))
    return new Fault('The disk is full: the packages need about 1 GB; free some space, then run the command again.');
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i.test(output))
    return new Fault(
      'The packages could not be downloaded: check the connection to the npm registry (npm ping), then run the command again.',
    );
  const reason = output
    .split('\n')
    .filter((line) => line.startsWith('npm error') && !/A complete log|code /.test(line))
    .slice(0, 3);
  return new Fault(
    `The packages could not be installed (npm ci): ${reason.join(' ').replaceAll('npm error ', '') || output.trim().slice(-500)}`,
  );
}
