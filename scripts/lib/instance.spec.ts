import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runningInstance, takeInstance } from './instance.mjs';
import { pinnedNode, root } from './paths.mjs';
import { identify } from './processes.mjs';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signalbox-instance-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const file = () => join(dir, 'instance.json');
const DEAD = { pid: process.pid, started: 'in another life', env: {} };

describe('takeInstance', () => {
  it('takes the folder for one and gives it back', () => {
    const instance = takeInstance(dir);
    expect(() => takeInstance(dir)).toThrow(`Another Signalbox (process ${process.pid}) already runs on ${dir}`);
    instance.publish({ env: { DATABASE_URL: 'here' } });
    expect(runningInstance(dir)).toMatchObject({ pid: process.pid, env: { DATABASE_URL: 'here' } });
    instance.release();
    expect(readdirSync(dir)).toEqual([]);
    takeInstance(dir).release();
  });

  it('does not take a number for a process: the same number started at another time is dead', () => {
    writeFileSync(file(), JSON.stringify({ ...DEAD, app: { pid: 1, started: 'then' } }));
    expect(runningInstance(dir)).toBeUndefined();
    const instance = takeInstance(dir);
    expect(instance.leftover).toEqual({ pid: 1, started: 'then' });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ ...identify(process.pid) });
    instance.release();
  });

  it('gets over a file that a power cut left half-written', () => {
    writeFileSync(file(), '{"pid": 1');
    takeInstance(dir).release();
    expect(existsSync(file())).toBe(false);
  });

  it('lets one of many through that start at once over a dead one', async () => {
    writeFileSync(file(), JSON.stringify(DEAD));
    const module = pathToFileURL(join(root, 'scripts/lib/instance.mjs')).href;
    const script = `import(${JSON.stringify(module)}).then(({ takeInstance }) => {
      takeInstance(${JSON.stringify(dir)});
      console.log('taken');
      setInterval(() => {}, 1000);
    }).catch(({ message }) => console.log(message));`;
    const starters = Array.from({ length: 6 }, () => spawn(pinnedNode, ['-e', script]));
    const said = await Promise.all(
      starters.map(
        (starter) => new Promise<string>((say) => starter.stdout.once('data', (text) => say(String(text).trim()))),
      ),
    );
    for (const starter of starters) starter.kill();
    expect(said.filter((line) => line === 'taken')).toHaveLength(1);
    expect(said.filter((line) => line.startsWith('Another Signalbox'))).toHaveLength(5);
  });
});
