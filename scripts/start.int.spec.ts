import { existsSync, readFileSync, statSync } from 'node:fs';
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
