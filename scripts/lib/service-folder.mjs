// What the embedded PostgreSQL and Redis have in common: a private folder with a password, a socket, a log and the
// identity of the process that used it last.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { endProcess, identify, readJson } from './processes.mjs';

/** The longest path a unix socket may have: 104 bytes with the terminator on macOS, 108 on Linux; room for suffixes. */
const SOCKET_PATH_BYTES = 98;
const LOG_BYTES = 10 * 1024 * 1024;

/**
 * Makes the folder (0700) when it is missing.
 * @param {string} dir
 * @param {import('./unprivileged.mjs').Runner} runner whose user owns it
 */
export function makeServiceFolder(dir, { uid, gid }) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  if (uid !== undefined && gid !== undefined) chownSync(dir, uid, gid);
}

/**
 * The folder's password for `name`, made at first use with mode 0600.
 * @param {string} dir
 * @param {string} name
 */
export function passwordOf(dir, name) {
  const path = join(dir, name);
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  }
  return readFileSync(path, 'utf8').trim();
}

/**
 * A 0700 folder for the socket: inside `dir`, or a private temporary one when the path would be too long for a socket.
 * @param {string} dir
 * @param {string} socketName
 * @param {import('./unprivileged.mjs').Runner} runner
 * @returns {string}
 */
export function socketFolder(dir, socketName, { uid, gid }) {
  const inside = join(dir, 'socket');
  const fits = Buffer.byteLength(join(inside, socketName)) <= SOCKET_PATH_BYTES;
  rmSync(inside, { recursive: true, force: true }); // what a killed server left: its socket and the socket's lock file
  const folder = fits ? inside : mkdtempSync(join(tmpdir(), 'signalbox-'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/**
 * Remembers which process serves the folder, so that the next start can end it if we die before.
 * @param {string} dir
 * @param {number} pid
 * @param {string} socket the socket's folder
 */
export function remember(dir, pid, socket) {
  const path = join(dir, 'process.json');
  writeFileSync(`${path}.new`, JSON.stringify({ ...identify(pid), socket }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * Ends what an earlier start left running in the folder and removes its temporary socket folder.
 * @param {string} dir
 * @param {NodeJS.Signals} signal
 */
export async function endLeftover(dir, signal) {
  await endProcess(readJson(join(dir, 'process.json')), { signal, patience: 60_000 });
  forget(dir);
}

/**
 * Forgets the process that has ended, with its temporary socket folder.
 * @param {string} dir
 */
export function forget(dir) {
  const socket = readJson(join(dir, 'process.json'))?.socket;
  if (socket && dirname(socket) === tmpdir() && basename(socket).startsWith('signalbox-'))
    rmSync(socket, { recursive: true, force: true });
  rmSync(join(dir, 'process.json'), { force: true });
}

/**
 * Keeps a log that is appended to from growing for ever: past 10 MB its text moves to `<log>.1`.
 * @param {string} path
 */
export function rotate(path) {
  if (!existsSync(path) || statSync(path).size < LOG_BYTES) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
}
