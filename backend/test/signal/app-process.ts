// The built application as a process of its own, which a spec may kill.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

/** The repository, whether this runs from its sources or built, in `dist`. */
const ROOT = resolve(import.meta.dirname.replace(/\bdist\/(?=backend\/test\/signal$)/, ''), '../../..');

/** An application process. */
export interface AppProcess {
  readonly url: string;
  readonly smtpPort: number;
  /** The first owner's code, while nobody owns the instance. */
  readonly setupCode: string | null;
  /** What it wrote so far. */
  log(): string;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  /** Asks it to end. @returns its exit code */
  stop(): Promise<number | null>;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/**
 * Starts the application and waits until it says that it is ready.
 *
 * @throws Error with what it wrote when it ends before
 */
export async function startApp(env: Record<string, string>): Promise<AppProcess> {
  const child = spawn(join(ROOT, 'node_modules/.bin/node'), [join(ROOT, 'dist/backend/src/main.js')], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  await new Promise<void>((ready, failed) => {
    const read = (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-200_000);
      if (log.includes('Signalbox is ready')) ready();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((code) => failed(new Error(`The application ended with ${code} before it was ready:\n${log}`)));
  });
  return {
    url: `http://127.0.0.1:${env['SIGNALBOX_PORT']}`,
    smtpPort: Number(env['SIGNALBOX_SMTP_IN_PORT']),
    setupCode: /setup\?code=(\S+)/.exec(log)?.[1] ?? null,
    log: () => log,
    kill: () => end(child, 'SIGKILL', ended).then(() => undefined),
    stop: () => end(child, 'SIGTERM', ended),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<number | null>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return ended;
}
