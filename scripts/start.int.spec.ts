import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
    'builds, serves, says so last, and leaves nothing running',
    async () => {
      const instance = await clone.start();
      expect(instance.output()).toMatch(/Building\.\n/);
      expect(instance.output()).toMatch(/First owner: http:\/\/localhost:\d+\/setup\?code=\S+\n/);
      expect(instance.output().trim().split('\n').at(-1)).toBe(`Signalbox is ready: http://localhost:${clone.port}`);
      expect(await answers()).toBe(200);
      for (const name of ['postgres', 'redis']) {
        expect(statSync(inData(name)).mode & 0o777).toBe(0o700);
        expect(statSync(inData(name, 'password')).mode & 0o777).toBe(0o600);
      }
      const before = servers();
      expect(before.every(isAlive)).toBe(true);

      // A second one on the same folder is told which process to stop, and harms nothing.
      const { pid } = json(inData('instance.json'));
      const other = await refusal();
      expect(other).toContain(`Another Signalbox (process ${pid}) already runs on ${inData()}`);
      expect(other.trim().split('\n')).toHaveLength(1);
      expect(await answers()).toBe(200);

      // Other commands join the running instance.
      const check = clone.run('run.mjs', ['migrate', 'check']);
      expect([await check.ended, check.output()]).toEqual([0, 'Entities and migrations agree.\n']);

      await stop(instance, 'SIGINT');
      expect(before.some(isAlive)).toBe(false);
      expect(existsSync(inData('instance.json'))).toBe(false);
      expect(existsSync(inData('postgres', 'cluster', 'postmaster.pid'))).toBe(false);
    },
    PATIENCE,
  );

  it(
    'builds nothing when nothing has changed, and keeps the data',
    async () => {
      const first = await clone.start();
      const code = /code=(\S+)/.exec(first.output())?.[1];
      await stop(first);
      const second = await clone.start();
      expect(second.output()).not.toContain('Building');
      expect(/code=(\S+)/.exec(second.output())?.[1]).toBe(code);
      await stop(second);
    },
    PATIENCE,
  );

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
    ['SIGNALBOX_PORT', 'the console', () => clone.port],
    ['SIGNALBOX_SMTP_IN_PORT', 'incoming mail', () => clone.smtpPort],
  ])(
    'says in one sentence that %s is taken, before it starts anything',
    async (variable, what, port) => {
      const holder = createServer();
      await new Promise<void>((listening) => holder.listen(port(), '0.0.0.0', listening));
      const said = await refusal();
      expect(said).toBe(
        `Port ${port()} (${what}) is taken by another program: stop it, or choose another with ${variable}=${port() + 1}.\n`,
      );
      expect(existsSync(inData('postgres', 'process.json'))).toBe(false);
      await new Promise((closed) => holder.close(closed));
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

  it(
    'says every wrong setting in one go',
    async () => {
      const said = await refusal({ SIGNALBOX_PORT: 'many', SIGNALBOX_NO_SUCH: '1' });
      expect(said).toContain('SIGNALBOX_PORT');
      expect(said).toContain('SIGNALBOX_NO_SUCH');
    },
    PATIENCE,
  );
});
