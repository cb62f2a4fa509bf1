// Where things are. Dependency-free; any Node >= 20.
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** The Node that the lockfile pins; present once the packages are installed. */
export const pinnedNode = join(root, 'node_modules/node/bin/node');

/** The folder of everything that is kept on disk. */
export function dataFolder() {
  return resolve(root, process.env.SIGNALBOX_DATA_DIR?.trim() || '.data');
}

/** PATH without this repository's node_modules/.bin, so that npm runs on the machine's Node while it replaces ours. */
export function outsidePath() {
  const inside = `${sep}node_modules${sep}.bin`;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(inside) && !folder.endsWith(`${sep}node-gyp-bin`))
    .join(delimiter);
}

/**
 * Finds a program on PATH, then where distributions put servers.
 * @param {string} program
 * @returns {string | undefined} its absolute path
 */
export function findProgram(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, program))
    .find((path) => isExecutable(path));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code) return false;
    throw error;
  }
}
