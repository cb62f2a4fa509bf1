// Preloaded into the command that rotates keys: writes each step down that changes or commits something, and kills the
// process before the one of that number, or in the middle of it when it writes a file, as a power cut would. Node runs it as it
// is, so it holds no TypeScript but types.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';

const killAt = Number(process.env['KEYS_KILL_AT'] ?? -1);
const trace = process.env['KEYS_STEPS'] ?? '/dev/null';
const { appendFileSync, writeSync } = fs;
let count = 0;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // until the signal arrives
}

function reached(step: string): void {
  appendFileSync(trace, `${step}\n`);
  if (count++ === killAt) die();
}

const client = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
const { query } = client;
client.query = function (...args: unknown[]) {
  reached(String(args[0]).trim().replaceAll(/\s+/g, ' ').slice(0, 40));
  return query.apply(this, args);
};

const keys = (path: unknown) => String(path).includes('keys');
for (const name of ['openSync', 'renameSync', 'linkSync', 'rmSync'] as const) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  (fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
    if (keys(args[0])) reached(name);
    return real(...args);
  };
}
const { fsyncSync } = fs;
fs.fsyncSync = (file) => {
  reached('fsyncSync');
  fsyncSync(file);
};
(fs as unknown as Record<string, unknown>)['writeSync'] = (file: number, text: unknown, ...rest: []) => {
  if (typeof text !== 'string' || !text.includes('madeAt')) return writeSync(file, text as string, ...rest);
  reached('writeSync');
  // The next step is that half of it has been written.
  const half = Math.floor(text.length / 2);
  const written = writeSync(file, text.slice(0, half));
  reached('half of writeSync');
  return written + writeSync(file, text.slice(half));
};
syncBuiltinESMExports();
