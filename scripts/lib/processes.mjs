// Processes by identity: a pid alone may belong to somebody else tomorrow, a pid and its start time may not.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './fault.mjs';

/** @typedef {{pid: number, started: string}} Identity */

/**
 * @param {string} path
 * @returns {string | undefined} the file's text, or undefined when it is not there or may not be read
 */
export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? ''))
      return undefined;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {any} the parsed file; undefined when it is not there or a power cut left it half-written
 */
export function readJson(path) {
  try {
    return JSON.parse(readIfThere(path) ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * @param {number} pid
 * @returns {Identity | undefined} undefined when no such process lives (a zombie does not)
 */
export function identify(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const stat = readIfThere(`/proc/${pid}/stat`);
    if (!stat) return undefined;
    // The second field is the name in brackets and may hold anything; the state follows it, the start time is 19 later.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, started: `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim()}:${fields[19]}` };
  }
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = stdout?.trim();
  return line && !line.startsWith('Z') ? { pid, started: line.replace(/^\S+\s+/, '') } : undefined;
}

/**
 * @param {Identity | undefined} identity
 * @returns {boolean} whether that very process still lives
 */
export function isAlive(identity) {
  return identity !== undefined && identify(identity.pid)?.started === identity.started;
}

/**
 * @param {number} pid
 * @returns {string} the command line, empty when it cannot be read
 */
export function commandLine(pid) {
  if (process.platform === 'linux') return (readIfThere(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ');
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

/**
 * Asks a process to end and, when it has not after `patience` ms, makes it.
 * @param {Identity | undefined} identity
 * @param {{signal?: NodeJS.Signals, patience?: number, last?: NodeJS.Signals}} [how]
 */
export async function endProcess(identity, { signal = 'SIGTERM', patience = 20_000, last = 'SIGKILL' } = {}) {
  if (!identity || !isAlive(identity)) return;
  process.kill(identity.pid, signal);
  for (let waited = 0; isAlive(identity); waited += 20) {
    if (waited === patience) process.kill(identity.pid, last);
    if (waited > patience + 5_000) throw new Error(`Process ${identity.pid} does not end.`);
    await sleep(20);
  }
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const foreground = new Set();
let interrupted = false;

/** Ends the programs that `run` waits for and lets every later one fail with Interrupted. */
export function interrupt() {
  interrupted = true;
  for (const child of foreground) child.kill('SIGTERM');
}

/** @throws {Interrupted} once the operator has asked to stop */
export function checkpoint() {
  if (interrupted) throw new Interrupted('stopped');
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options] output is collected unless `stdio` says otherwise
 * @returns {Promise<{code: number, output: string}>} code is 128 when a signal ended it
 */
export function run(program, args, options = {}) {
  checkpoint();
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    foreground.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', failed);
    child.once('close', (code) => {
      foreground.delete(child);
      if (interrupted) failed(new Interrupted('stopped'));
      else done({ code: code ?? 128, output });
    });
  });
}
