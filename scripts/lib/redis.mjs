// Starts and stops a private Redis on a unix socket. Dependency-free; any Node >= 20.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Starts the `redis-server` on PATH, with append-only persistence, on a unix socket that needs a password.
 * @param {{dir: string}} options `dir` holds data, socket and password
 * @returns {Promise<{url: string, pid: number, stop: () => Promise<void>}>}
 */
export async function startRedis({ dir }) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const passwordFile = join(dir, 'password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  const password = readFileSync(passwordFile, 'utf8');
  const socket = join(dir, 'redis.sock');
  // The configuration goes in by standard input: on the command line the password would show in `ps`.
  const child = spawn('redis-server', ['-'], { cwd: dir, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(
    [`port 0`, `unixsocket ${socket}`, `unixsocketperm 700`, `requirepass ${password}`, `dir ${dir}`, `appendonly yes`, `maxmemory-policy noeviction`, `daemonize no`, `save ""`].join('\n') + '\n',
  );
  let log = '';
  await new Promise((ready, failed) => {
    const read = (text) => {
      log = (log + text).slice(-8000);
      if (/Ready to accept connections|ready to accept connections/.test(log)) ready();
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`Redis ended with ${code}: ${log}`)));
  });
  return {
    url: `unix://${socket}?password=${password}`,
    pid: child.pid,
    stop: () =>
      new Promise((stopped) => {
        if (child.exitCode !== null) return stopped();
        child.once('exit', () => stopped());
        child.kill('SIGTERM');
      }),
  };
}
