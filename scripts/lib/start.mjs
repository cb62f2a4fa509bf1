// `npm start`: from a fresh clone to a running instance, and back to nothing running.
import { startApp } from './app.mjs';
import { ensureBuild } from './build.mjs';
import { command } from './command.mjs';
import { ensureDebianPackages, REDIS } from './debian.mjs';
import { Fault } from './fault.mjs';
import { makeDataFolder, takeInstance } from './instance.mjs';
import { ensurePackages } from './packages.mjs';
import { dataFolder } from './paths.mjs';
import { checkPort } from './ports.mjs';
import { checkpoint, endProcess } from './processes.mjs';
import { REDIS_MISSING } from './redis.mjs';
import { needsEmbedded, startServices } from './services.mjs';

const PORTS = [
  { variable: 'SIGNALBOX_PORT', fallback: 3000, what: 'the console' },
  { variable: 'SIGNALBOX_SMTP_IN_PORT', fallback: 2525, what: 'incoming mail' },
];

/**
 * Brings everything up to the application: checks, packages, embedded services, build.
 * @param {(cleanup: () => unknown) => void} later
 * @returns {Promise<{launch: () => import('./app.mjs').App, failed: Promise<string>}>} `launch` starts the application
 *   with the services' addresses; `failed` is the sentence of a service that cannot be kept running
 */
export async function prepare(later) {
  const dir = dataFolder();
  makeDataFolder(dir);
  const instance = needsEmbedded() ? takeInstance(dir) : undefined;
  if (instance) {
    later(instance.release);
    await endProcess(instance.leftover, { patience: 30_000 });
  }
  for (const port of PORTS) await checkPort(port);
  if (!process.env.REDIS_URL?.trim()) await ensureDebianPackages([REDIS], () => REDIS_MISSING);
  await ensurePackages();
  checkpoint();
  const building = ensureBuild();
  building.catch(() => undefined); // awaited below, after the services, whose cleanup must be known first
  const services = await startServices(dir);
  later(services.stop);
  await building;
  checkpoint();
  return {
    failed: services.failed,
    launch: () => {
      const app = startApp({ ...services.env, SIGNALBOX_DATA_DIR: dir });
      instance?.publish({ env: services.env, app: app.identity });
      return app;
    },
  };
}

/** The whole of `npm start`. */
export async function start() {
  await command(async (stopped, later) => {
    const { launch, failed } = await prepare(later);
    const app = launch();
    later(app.stop);
    return Promise.race([
      stopped.then(() => 0),
      app.exited,
      failed.then((reason) => {
        throw new Fault(reason);
      }),
    ]);
  });
}
