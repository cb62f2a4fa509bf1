// One Signalbox at a time on a data folder: the lock, and what other commands need to know to join a running one.
import { chmodSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, diskFull } from './fault.mjs';
import { identify, isAlive, readJson } from './processes.mjs';

const NEEDED_BYTES = 200 * 1024 * 1024;

/**
 * @typedef {object} Instance
 * @property {string} dir the data folder
 * @property {import('./processes.mjs').Identity | undefined} leftover the application of a start that was killed; it may still be ending
 * @property {(state: {env?: Record<string, string>, app?: import('./processes.mjs').Identity}) => void} publish
 *   tells other commands how to reach the services, and the next start which application is ours
 * @property {() => void} release
 */

/**
 * Makes the data folder when it is missing: 0700, but for root 0711, since PostgreSQL's own user must reach its folder in it.
 * @param {string} dir
 * @throws {Fault} when the disk has less than 200 MB left
 */
export function makeDataFolder(dir) {
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true });
    chmodSync(dir, process.getuid?.() === 0 ? 0o711 : 0o700);
  }
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize < NEEDED_BYTES) throw new Fault(diskFull(dir));
}

/**
 * Takes the data folder for this process.
 * @param {string} dir
 * @returns {Instance}
 * @throws {Fault} when another process holds it
 */
export function takeInstance(dir) {
  const path = join(dir, 'instance.json');
  const mine = `${path}.${process.pid}`;
  const self = identify(process.pid);
  let state = { ...self, env: {} };
  const write = () => writeFileSync(mine, JSON.stringify(state), { mode: 0o600 });
  /** @type {import('./processes.mjs').Identity | undefined} */
  let leftover;
  write();
  for (let tries = 0; !link(mine, path); tries++) {
    const holder = runningInstance(dir);
    if (holder || tries === 10) {
      rmSync(mine);
      throw new Fault(
        `Another Signalbox (process ${holder?.pid ?? 'unknown'}) already runs on ${dir}: stop it, or choose another folder with SIGNALBOX_DATA_DIR.`,
      );
    }
    leftover = removeStale(path)?.app ?? leftover;
  }
  rmSync(mine);
  return {
    dir,
    leftover,
    publish: (more) => {
      state = { ...state, ...more };
      write();
      renameSync(mine, path);
    },
    release: () => rmSync(path, { force: true }),
  };
}

/**
 * @param {string} dir
 * @returns {{pid: number, started: string, env: Record<string, string>} | undefined} the live holder of the folder
 */
export function runningInstance(dir) {
  const holder = readJson(join(dir, 'instance.json'));
  return holder && isAlive(holder) ? holder : undefined;
}

/** @param {string} from @param {string} to @returns {boolean} false when `to` exists */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Moves a dead holder's file aside before removing it: of two starters only one gets it, and a live one's that slipped
 * in between is put back.
 * @param {string} path
 * @returns what the dead holder had written
 */
function removeStale(path) {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
  const holder = readJson(aside);
  if (isAlive(holder)) link(aside, path);
  rmSync(aside);
  return holder;
}
