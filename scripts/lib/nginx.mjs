// The repository's Nginx on ports and folders of a test; everything else is what production runs.
import { spawn } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from './certificate.mjs';
import { Fault } from './fault.mjs';
import { findProgram, root } from './paths.mjs';

/**
 * @typedef {object} Ports
 * @property {number} backend where Signalbox is
 * @property {number} plain where nginx answers without TLS
 * @property {number} tls where it ends TLS
 * @property {number} redirect where it sends browsers to TLS
 */

/** @returns {Promise<number>} a port of this machine that is free now */
export async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((closed) => server.close(closed));
  return port;
}

/**
 * Writes the configuration with both servers, a certificate of their own and the built console.
 * @param {string} folder an existing one
 * @param {Ports} ports
 */
export async function configureNginx(folder, { backend, plain, tls, redirect }) {
  cpSync(join(root, 'nginx'), folder, { recursive: true });
  for (const name of ['local', 'tls', 'acme/.well-known/acme-challenge'])
    mkdirSync(join(folder, name), { recursive: true });
  await makeCertificate(join(folder, 'tls'), ['localhost', '127.0.0.1']);
  // Paths that nginx would otherwise take from its build, where only root may write.
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(folder, 'local/test.conf'),
    kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n'),
  );
  change(folder, 'upstream.conf', { '127.0.0.1:3000': `127.0.0.1:${backend}` });
  change(folder, 'site.conf', { '/srv/signalbox': join(root, 'frontend/dist') });
  change(folder, 'server.conf', { 'listen 8080': `listen 127.0.0.1:${plain}` });
  change(folder, 'server.tls.conf', {
    'listen 8080': `listen 127.0.0.1:${redirect}`,
    'listen 8443': `listen 127.0.0.1:${tls}`,
    '/srv/acme': join(folder, 'acme'),
  });
  change(folder, 'nginx.conf', { 'include server.conf;': 'include server.conf; include server.tls.conf;' });
}

/** @param {string} folder @param {string} file @param {Record<string, string>} edits */
function change(folder, file, edits) {
  const path = join(folder, file);
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of Object.entries(edits)) {
    if (!text.includes(from)) throw new Error(`${file} does not say "${from}" any more.`);
    text = text.replaceAll(from, to);
  }
  writeFileSync(path, text);
}

/** @param {string} folder @param {string} more further directives @returns {string[]} its command line */
export const nginxArguments = (folder, more) => [
  ...['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')],
  ...['-g', `pid ${folder}/pid; ${more}`],
];

/**
 * Starts nginx on a configured folder, and waits until it answers. What it writes goes into the folder's `log`: a file, since it
 * cannot open /dev/stdout when that is a pipe of Node's, which is a socket.
 * @param {string} folder
 * @param {number} port one that it listens on
 * @returns {Promise<{stop: () => Promise<void>}>}
 * @throws {Fault} with its words when it does not start
 */
export async function startNginx(folder, port) {
  const program = findProgram('nginx');
  if (!program) throw new Fault('nginx is missing: install it (Debian or Ubuntu: sudo apt-get install nginx).');
  const output = openSync(join(folder, 'log'), 'a');
  const child = spawn(program, nginxArguments(folder, 'daemon off; master_process off;'), {
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const exited = new Promise((ended) => child.once('exit', ended));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Fault(`nginx did not start:\n${readFileSync(join(folder, 'log'), 'utf8')}`);
    await sleep(20);
  }
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((answer) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', () => answer(false))
      .once('connect', () => {
        socket.destroy();
        answer(true);
      });
  });
}
