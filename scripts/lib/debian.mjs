// Installs packages of Debian or Ubuntu where this user may.
import { existsSync } from 'node:fs';
import { Fault, say } from './fault.mjs';
import { findProgram } from './paths.mjs';
import { run } from './processes.mjs';

/** A program and the Debian package that brings it. @typedef {{program: string, name: string, why: string}} Wanted */

/** The one Redis package that start and tests share. */
export const REDIS = { program: 'redis-server', name: 'redis-server', why: 'the queue and cache server' };

/**
 * Installs what is missing, as root or through passwordless sudo.
 * @param {Wanted[]} wanted
 * @param {(missing: Wanted[]) => string} refusal the sentence for a machine where we may not install
 * @throws {Fault} with that sentence, or when apt fails
 */
export async function ensureDebianPackages(wanted, refusal) {
  const missing = wanted.filter(({ program }) => !findProgram(program));
  if (missing.length === 0) return;
  const prefix = await rootPrefix();
  if (!prefix) throw new Fault(refusal(missing));
  say(`Installing from the distribution: ${missing.map(({ name, why }) => `${name} (${why})`).join(', ')}.`);
  const names = missing.map(({ name }) => name);
  // RUNLEVEL=1 keeps the packages from starting services of their own: ours are private and on sockets.
  const apt = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'RUNLEVEL=1',
    'apt-get',
    '-qq',
    '-o',
    'DPkg::Lock::Timeout=120',
  ];
  const install = () => run('env', [...apt, 'install', '--no-install-recommends', '-y', ...names]);
  let result = await install();
  if (result.code !== 0) {
    await run('env', [...apt, 'update']);
    result = await install();
  }
  const still = missing.filter(({ program }) => !findProgram(program));
  if (still.length > 0) throw new Fault(`${refusal(still)} (apt-get said: ${result.output.trim().split('\n').at(-1)})`);
  if (existsSync('/run/systemd/system'))
    for (const name of names) await run('env', [...prefix, 'systemctl', 'disable', '--now', name]);
}

/** @returns {Promise<string[] | undefined>} what to put before a command that needs root; undefined when we may not */
async function rootPrefix() {
  if (!findProgram('apt-get')) return undefined;
  if (process.getuid?.() === 0) return ['env'];
  if (!findProgram('sudo')) return undefined;
  return (await run('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-n'] : undefined;
}
