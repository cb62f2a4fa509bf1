// Starts and stops a private Redis on a unix socket. Dependency-free; any Node >= 20.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, Fault } from './fault.mjs';
import { findProgram } from './paths.mjs';
import { endProcess, identify } from './processes.mjs';
import {
  endLeftover,
  forget,
  makeServiceFolder,
  passwordOf,
  remember,
  rotate,
  socketFolder,
} from './service-folder.mjs';
import { give, runnerFor } from './unprivileged.mjs';

/** What to do where Redis is missing and may not be installed by us. */
export const REDIS_MISSING =
  'Redis is missing: install it (Debian or Ubuntu: sudo apt-get install redis-server; Fedora: sudo dnf install redis; macOS: brew install redis), or set REDIS_URL, then start again.';

/**
 * @typedef {object} Redis
 * @property {string} url
 * @property {number} pid
 * @property {Promise<void>} exited settles when the server has ended, for whatever reason
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the `redis-server` on PATH, with append-only persistence, on a unix socket that needs a password.
 * @param {{dir: string}} options `dir` holds data, socket, password and log
 * @returns {Promise<Redis>}
 * @throws {Fault} when Redis is missing, the disk is full or its files are damaged
 */
export async function startRedis({ dir }) {
  const program = findProgram('redis-server');
  if (!program) throw new Fault(REDIS_MISSING);
  const runner = runnerFor({ users: ['redis', 'nobody'], folder: dir, program });
  makeServiceFolder(dir, runner);
  await endLeftover(dir, 'SIGTERM');
  const password = passwordOf(dir, 'password');
  const log = join(dir, 'log');
  rotate(log);
  const rotation = setInterval(rotate, 60_000, log).unref();
  const folder = socketFolder(dir, 'redis.sock', runner);
  const socket = join(folder, 'redis.sock');
  give(dir, runner);
  const output = openSync(log, 'a', 0o600);
  const logged = statSync(log).size;
  const [name, args, as] = runner.command(program, ['-']);
  // The configuration goes in by standard input: on the command line the password would show in `ps`.
  const child = spawn(name, args, { ...as, cwd: dir, detached: true, stdio: ['pipe', output, output] });
  closeSync(output);
  const exited = /** @type {Promise<void>} */ (
    new Promise((ended) => child.once('exit', () => ended()).once('error', () => ended()))
  );
  void exited.then(() => clearInterval(rotation));
  child.stdin?.on('error', () => undefined).end(configuration({ dir, socket, password })); // an early death is seen below
  const pid = child.pid ?? 0;
  remember(dir, pid, folder);
  while (!(await answers(socket, password))) {
    if (child.exitCode !== null || child.signalCode !== null || !child.pid) {
      forget(dir);
      throw startFault(dir, log, readFileSync(log, 'utf8').slice(logged));
    }
    await sleep(10);
  }
  return {
    url: `unix://${encodeURI(socket)}?password=${password}`,
    pid,
    exited,
    stop: async () => {
      await endProcess(identify(pid));
      await exited;
      forget(dir);
    },
  };
}

/** @param {{dir: string, socket: string, password: string}} options */
function configuration({ dir, socket, password }) {
  const quoted = (/** @type {string} */ text) => JSON.stringify(text);
  return [
    'port 0',
    `unixsocket ${quoted(socket)}`,
    'unixsocketperm 700',
    `requirepass ${password}`,
    `dir ${quoted(dir)}`,
    'appendonly yes',
    'maxmemory-policy noeviction',
    'daemonize no',
    'save ""',
    '',
  ].join('\n');
}

/**
 * Whether Redis has loaded its data and takes commands.
 * @param {string} path
 * @param {string} password
 * @returns {Promise<boolean>}
 */
function answers(path, password) {
  return new Promise((answer) => {
    const socket = connect(path, () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let said = '';
    socket.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.split('\r\n').length > 2) socket.destroy();
    });
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('error', () => socket.destroy()); // not listening yet
    socket.on('close', () => answer(said.includes('+PONG')));
  });
}

/** @param {string} dir @param {string} log @param {string} said */
function startFault(dir, log, said) {
  if (/No space left on device|Disk quota exceeded/.test(said)) return new Fault(diskFull(dir));
  if (/Bad file format|AOF.*(corrupt|Unexpected)|Wrong signature/i.test(said))
    return new Fault(
      `The Redis folder ${dir} is damaged: it holds no lasting data, so move it away (mv ${dir} ${dir}.damaged) and start again (log: ${log}).`,
    );
  return new Fault(`Redis did not start: ${said.trim().split('\n').at(-1) || `see ${log}`}`);
}
