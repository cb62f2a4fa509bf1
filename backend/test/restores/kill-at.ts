// Preloaded into the command that restores: writes each of its steps down, and kills the process before one of them, as a
// power cut would: before the first that begins like RESTORE_KILL_BEFORE, once one like RESTORE_KILL_AFTER was reached. Node
// runs it as it is, so it holds no TypeScript but types.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';

const killBefore = process.env['RESTORE_KILL_BEFORE'] ?? '';
const killAfter = process.env['RESTORE_KILL_AFTER'] ?? '';
const steps = process.env['RESTORE_STEPS'] ?? '/dev/null';
let begun = false;
let armed = killAfter === '';

function reached(step: string): void {
  if (!begun) return;
  fs.appendFileSync(steps, `${step}\n`);
  if (armed && killBefore !== '' && step.startsWith(killBefore)) {
    process.kill(process.pid, 'SIGKILL');
    for (;;); // until the signal arrives
  }
  armed ||= step.startsWith(killAfter);
}

const client = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
const { query } = client;
client.query = function (this: { connectionParameters: { application_name?: string } }, ...args: unknown[]) {
  begun ||= this.connectionParameters.application_name === 'signalbox restore';
  reached(typeof args[0] === 'string' ? args[0].trim().replaceAll(/\s+/g, ' ').slice(0, 60) : 'copy');
  return query.apply(this, args);
};

const { rename, rm } = fs.promises;
fs.promises.rename = (from, to) => {
  reached(`rename ${String(from)}`);
  return rename(from, to);
};
fs.promises.rm = (path, options) => {
  reached(`rm ${String(path)}`);
  return rm(path, options);
};
syncBuiltinESMExports();

const probe = await fs.promises.open(import.meta.filename);
const handle = Object.getPrototypeOf(probe) as { sync: () => Promise<void> };
const { sync } = handle;
handle.sync = function (this: { fd: number }) {
  reached(`sync ${fs.readlinkSync(`/proc/self/fd/${this.fd}`)}`);
  return sync.call(this);
};
await probe.close();
