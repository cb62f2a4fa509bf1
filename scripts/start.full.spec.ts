import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identify, isAlive } from './lib/processes.mjs';
import { Clone, type Running } from './spec-clone.js';

const PATIENCE = 180_000; // a loaded machine; a quiet one needs seconds

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.make();
}, PATIENCE);
afterAll(() => clone.remove(), PATIENCE);

const inData = (...path: string[]) => join(clone.folder, '.data', ...path);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as { pid: number };

/** Identities of the servers that the running instance has started. */
const servers = () => ['postgres', 'redis'].map((name) => identify(json(inData(name, 'process.json')).pid));

const answers = () => fetch(`http://127.0.0.1:${clone.port}/health/ready`).then((answer) => answer.status);

async function stop(command: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  command.process.kill(signal);
  expect(await command.ended).toBe(0);
}

/** Runs a start that is expected to fail and gives its words. */
async function refusal(env: Record<string, string> = {}): Promise<string> {
  const command = clone.run('start.mjs', [], env);
  expect(await command.ended).toBe(1);
  return command.output();
}

describe('npm start', () => {
  it(
    'recovers when everything was killed, and when only itself was',
    async () => {
      const first = await clone.start();
      const orphans = servers();
      first.process.kill('SIGKILL');
      await first.ended;
      expect(orphans.every(isAlive)).toBe(true);
      const second = await clone.start();
      expect(orphans.some(isAlive)).toBe(false);
      expect(await answers()).toBe(200);

      const all = servers();
      second.process.kill('SIGKILL');
      for (const server of all) process.kill(server!.pid, 'SIGKILL');
      await second.ended;
      const third = await clone.start();
      expect(await answers()).toBe(200);
      await stop(third);
    },
    PATIENCE,
  );

  it(
    'starts a database that died again',
    async () => {
      const instance = await clone.start();
      const [postgres, redis] = servers();
      process.kill(postgres!.pid, 'SIGKILL');
      process.kill(redis!.pid, 'SIGKILL');
      await instance.says(/PostgreSQL ended unexpectedly; starting it again/);
      await instance.says(/Redis ended unexpectedly; starting it again/);
      while ((await answers()) !== 200) await new Promise((settle) => setTimeout(settle, 50));
      await stop(instance);
      expect(existsSync(inData('postgres', 'cluster', 'postmaster.pid'))).toBe(false);
    },
    PATIENCE,
  );

  it.each([
    ['PG_VERSION is gone', (cluster: string) => rmSync(join(cluster, 'PG_VERSION'))],
    ['pg_control is garbage', (cluster: string) => writeFileSync(join(cluster, 'global/pg_control'), 'x'.repeat(8192))],
    [
      'the write-ahead log is gone',
      (cluster: string) => {
        const wal = join(cluster, 'pg_wal');
        for (const name of readdirSync(wal)) if (/^[0-9A-F]{24}$/.test(name)) rmSync(join(wal, name));
      },
    ],
  ])(
    'says in one sentence that the database is damaged when %s, and deletes nothing',
    async (_, damage) => {
      const folder = join(clone.folder, '.damaged');
      cpSync(inData(), folder, { recursive: true, filter: (path) => !lstatSync(path).isSocket() });
      const cluster = join(folder, 'postgres/cluster');
      damage(cluster);
      const files = readdirSync(cluster);
      const said = await refusal({ SIGNALBOX_DATA_DIR: folder });
      expect(said).toMatch(
        /^The database folder .* is damaged \(.*\): nothing was deleted; move it away .*npm run restore\)\.\n$/,
      );
      expect(readdirSync(cluster)).toEqual(
        expect.arrayContaining(files.filter((name) => !name.startsWith('postmaster.'))),
      );
      rmSync(folder, { recursive: true });
    },
    PATIENCE,
  );

  it(
    'works in a folder whose path is too long for a socket, and takes its temporary folder away',
    async () => {
      const deep = join(clone.folder, 'a'.repeat(60), 'b'.repeat(60), 'data');
      const instance = await clone.start({ SIGNALBOX_DATA_DIR: deep });
      const { socket } = JSON.parse(readFileSync(join(deep, 'postgres/process.json'), 'utf8')) as { socket: string };
      expect(socket.startsWith(deep)).toBe(false);
      expect(statSync(socket).mode & 0o777).toBe(0o700);
      await stop(instance);
      expect(existsSync(socket)).toBe(false);
    },
    PATIENCE,
  );
});
