// The embedded PostgreSQL and Redis: started in the data folder unless the operator names their own.
import { join } from 'node:path';
import { say } from './fault.mjs';
import { startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';

/** A server that keeps dying is not started for ever: so many times within so many ms, then the instance stops. */
const RESTARTS = 5;
const RESTART_WINDOW = 60_000;

/**
 * @typedef {object} Services
 * @property {Record<string, string>} env DATABASE_URL and REDIS_URL, the operator's or the embedded ones
 * @property {Promise<string>} failed settles with a sentence when an embedded server cannot be kept running
 * @property {() => Promise<void>} stop Redis first, then PostgreSQL
 */

/** Whether any part is embedded, so that the data folder must be ours alone. */
export function needsEmbedded() {
  return !process.env.DATABASE_URL?.trim() || !process.env.REDIS_URL?.trim();
}

/**
 * Starts what the environment does not name, and starts it again when it dies.
 * @param {string} dir the data folder
 * @returns {Promise<Services>}
 */
export async function startServices(dir) {
  /** @type {(sentence: string) => void} */
  let fail = () => undefined;
  const failed = /** @type {Promise<string>} */ (new Promise((settle) => (fail = settle)));
  const started = await Promise.allSettled([
    process.env.DATABASE_URL?.trim()
      ? undefined
      : keep('PostgreSQL', () => startPostgres({ dir: join(dir, 'postgres') }), fail),
    process.env.REDIS_URL?.trim() ? undefined : keep('Redis', () => startRedis({ dir: join(dir, 'redis') }), fail),
  ]);
  const [postgres, redis] = started.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  const stop = async () => {
    await redis?.stop();
    await postgres?.stop();
  };
  const fault = started.find((result) => result.status === 'rejected');
  if (fault) {
    await stop();
    throw fault.reason;
  }
  return {
    env: {
      DATABASE_URL: postgres?.url ?? process.env.DATABASE_URL ?? '',
      REDIS_URL: redis?.url ?? process.env.REDIS_URL ?? '',
    },
    failed,
    stop,
  };
}

/**
 * @param {string} name
 * @param {() => Promise<{url: string, exited: Promise<void>, stop: () => Promise<void>}>} start
 * @param {(sentence: string) => void} fail
 */
async function keep(name, start, fail) {
  let server = await start();
  const url = server.url;
  let stopping = false;
  /** @type {number[]} */
  const deaths = [];
  /** @type {Promise<void>} */
  let restarting = Promise.resolve();
  const watch = () =>
    server.exited.then(() => {
      if (!stopping) restarting = restart();
    });
  const restart = async () => {
    const now = Date.now();
    deaths.push(now);
    if (deaths.filter((at) => now - at < RESTART_WINDOW).length > RESTARTS)
      return fail(`${name} keeps ending: its log is in the data folder.`);
    say(`${name} ended unexpectedly; starting it again.`);
    try {
      server = await start();
    } catch (error) {
      return fail(`${name} ended and could not be started again: ${/** @type {Error} */ (error).message}`);
    }
    if (server.url !== url) return fail(`${name} came back at another address: start Signalbox again.`);
    void watch();
  };
  void watch();
  return {
    url,
    stop: async () => {
      stopping = true;
      await restarting;
      await server.stop();
    },
  };
}
