// Where the instance is that scripts/lib/stand.mjs started.
import { join } from 'node:path';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing: run npm run e2e.`);
  return value;
}

/** Over TLS, as browsers come. */
export const ORIGIN = told('E2E_URL');
/** The server itself, for making data. */
export const SERVER = told('E2E_API');
export const SMTP_PORT = Number(told('E2E_SMTP'));
/** Where the first owner signs up. */
export const SETUP = told('E2E_SETUP');

const FOLDER = told('E2E_FOLDER');

/** The first owner, who operates the instance. Only setup.e2e.ts signs them up. */
export const OWNER = { name: 'Ada Owner', email: 'ada@example.com', password: 'six quiet trains at noon' };

/** Ends the server as a crash would. It stays away until `bringBack`. */
export function killServer(): void {
  writeFileSync(join(FOLDER, 'down'), '');
  process.kill(Number(readFileSync(join(FOLDER, 'app.pid'), 'utf8')), 'SIGKILL');
}

/** Lets the server start again, and waits until it serves. */
export async function bringBack(): Promise<void> {
  rmSync(join(FOLDER, 'down'), { force: true });
  for (;;) {
    const ready = await fetch(`${SERVER}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((settle) => setTimeout(settle, 100));
  }
}
