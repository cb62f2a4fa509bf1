// A whole instance for the browser: the built server with PostgreSQL, Redis and folders of its own, behind Nginx over TLS.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp } from './app.mjs';
import { Fault } from './fault.mjs';
import { configureNginx, freePort, startNginx } from './nginx.mjs';
import { startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';

/** Limits that many browsers of one address would meet. */
const RATES = ['ANONYMOUS', 'USER', 'API_KEY', 'AUTH', 'UPLOAD', 'EXPORT', 'SOCKET', 'SOCKET_REPLAY'];

/**
 * @typedef {object} Stand
 * @property {Record<string, string>} env what the browser's tests are told: E2E_URL (over TLS), E2E_API (the server itself),
 *   E2E_SMTP (the port that receives mail), E2E_SETUP (where the first owner signs up), E2E_FOLDER: it holds `app.pid`, and as
 *   long as it holds `down`, a server that ended is not started again
 * @property {() => Promise<void>} stop
 */

/**
 * @returns {Promise<Stand>}
 * @throws {Fault} with what was said when a part does not start
 */
export async function startStand() {
  const dir = mkdtempSync(join(tmpdir(), 'signalbox-e2e-'));
  chmodSync(dir, 0o711);
  /** @type {(() => unknown)[]} */
  const cleanups = [() => rmSync(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const postgres = await startPostgres({ dir: join(dir, 'postgres'), settings: { fsync: 'off' } });
    cleanups.push(postgres.stop);
    const redis = await startRedis({ dir: join(dir, 'redis') });
    cleanups.push(redis.stop);
    const [backend, smtp, plain, tls, redirect] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const url = `https://localhost:${tls}`;
    const app = superviseApp(dir, {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      SIGNALBOX_DATA_DIR: join(dir, 'data'),
      SIGNALBOX_HOST: '127.0.0.1',
      SIGNALBOX_PORT: String(backend),
      SIGNALBOX_PUBLIC_URL: url,
      SIGNALBOX_TRUST_PROXY: '127.0.0.1',
      SIGNALBOX_SMTP_IN_PORT: String(smtp),
      SIGNALBOX_SMTP_IN_HOST: '127.0.0.1',
      SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.0/8',
      SIGNALBOX_REGISTRATION: 'open',
      SIGNALBOX_LOG_LEVEL: 'warn',
      ...Object.fromEntries(RATES.map((rate) => [`SIGNALBOX_RATE_${rate}`, '10000000'])),
    });
    cleanups.push(app.stop);
    mkdirSync(join(dir, 'nginx'));
    await configureNginx(join(dir, 'nginx'), { backend, plain, tls, redirect });
    const nginx = await startNginx(join(dir, 'nginx'), tls);
    cleanups.push(nginx.stop);
    const setup = await app.ready;
    return {
      env: {
        E2E_URL: url,
        E2E_API: `http://127.0.0.1:${backend}`,
        E2E_SMTP: String(smtp),
        E2E_SETUP: setup,
        E2E_FOLDER: dir,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Keeps the server running, as a service manager would.
 * @param {string} dir @param {Record<string, string>} env
 * @returns {{ready: Promise<string>, stop: () => Promise<void>}} `ready` gives the first owner's address
 */
function superviseApp(dir, env) {
  mkdirSync(join(dir, 'data'));
  const log = join(dir, 'app.log');
  let stopping = false;
  let app = launch();
  function launch() {
    const output = openSync(log, 'a');
    const started = startApp(env, output);
    closeSync(output);
    writeFileSync(join(dir, 'app.pid'), String(started.identity?.pid));
    return started;
  }
  const supervised = (async () => {
    for (;;) {
      await app.exited;
      while (!stopping && existsSync(join(dir, 'down'))) await sleep(50);
      if (stopping) return;
      app = launch();
    }
  })();
  const ready = (async () => {
    for (;;) {
      const said = readFileSync(log, 'utf8');
      if (/^Signalbox is ready/m.test(said)) return /^First owner: (\S+)/m.exec(said)?.[1] ?? '';
      // A server that cannot start ends with a sentence, and would be started for ever.
      if (app.child.exitCode) throw new Fault(`The server did not start:\n${said}`);
      await sleep(50);
    }
  })();
  ready.catch(() => undefined); // awaited once nginx runs too
  return {
    ready,
    stop: async () => {
      stopping = true;
      await app.stop();
      await supervised;
    },
  };
}
