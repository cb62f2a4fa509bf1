// Gives a server a user of its own when Signalbox is started by root: PostgreSQL refuses to run as root, Redis need not.
import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from './fault.mjs';

/**
 * @typedef {object} Runner how to start a program as the server's user
 * @property {number} [uid] the user; absent when we are not root
 * @property {number} [gid]
 * @property {(program: string, args: string[]) => [string, string[], {uid?: number, gid?: number}]} command
 *   program, arguments and spawn options to use instead
 */

/**
 * Chooses the user for a server that keeps its files in `folder`.
 *
 * When that user cannot even reach the folder (a clone under /root, say), the program keeps one single capability, to
 * read and search any folder; where the machine grants only the wider CAP_DAC_OVERRIDE (containers), that one.
 * @param {{users: string[], folder: string, program: string}} options `users` in order of preference
 * @returns {Runner}
 */
export function runnerFor({ users, folder, program }) {
  if (process.getuid?.() !== 0) return { command: (name, args) => [name, args, {}] };
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = users.map((name) => accounts.find((fields) => fields[0] === name)).find(Boolean);
  if (!account)
    throw new Fault(
      `Started by root, this needs one of the users ${users.join(', ')} in /etc/passwd: add one, or start Signalbox as an ordinary user.`,
    );
  const [uid, gid] = [Number(account[2]), Number(account[3])];
  /** @param {string} capability @returns {Runner['command']} */
  const withCapability = (capability) => (name, args) => [
    'setpriv',
    [
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup', // else access(2), which initdb asks, would leave the capability out
      `--inh-caps=-all,+${capability}`,
      `--ambient-caps=-all,+${capability}`,
      `--bounding-set=-all,+${capability}`,
      name,
      ...args,
    ],
    {},
  ];
  /** @type {Runner['command'][]} */
  const ways = [
    (name, args) => [name, args, { uid, gid }],
    withCapability('dac_read_search'),
    withCapability('dac_override'),
  ];
  const command = ways.find((way) => {
    const [name, args, options] = way('/bin/sh', ['-c', 'cd "$1" && test -x "$2"', 'sh', dirname(folder), program]);
    return spawnSync(name, args, { ...options, cwd: '/', stdio: 'ignore' }).status === 0;
  });
  if (!command)
    throw new Fault(
      `The user "${account[0]}" cannot reach ${folder}: move the folder to where it can (for example under /srv), or start Signalbox as an ordinary user.`,
    );
  return { uid, gid, command };
}

/**
 * Gives a folder and all it holds to the server's user, unless it is theirs already.
 * @param {string} path
 * @param {Runner} runner
 */
export function give(path, { uid, gid }) {
  if (uid === undefined || gid === undefined) return;
  const entry = lstatSync(path);
  if (entry.uid === uid) return;
  chownSync(path, uid, gid);
  if (entry.isDirectory())
    for (const name of readdirSync(path)) give(join(path, name), { uid, gid, command: () => ['', [], {}] });
}
