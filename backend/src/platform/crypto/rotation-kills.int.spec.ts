import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { ConfigModule } from '#platform/config/index.js';
import { DatabaseModule } from '#platform/database/index.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { ensureBuild } from '../../../../scripts/lib/build.mjs';
import { CryptoModule, KeyRing, Secrets } from './index.js';

jest.setTimeout(600_000);

const ROOT = resolve(import.meta.dirname, '../../../..');
const CONTEXT = 'spec';

let instance: TestInstance;
let client: pg.Client;
/** The process that goes on sealing and opening, whatever befalls the command. */
let running: INestApplicationContext;
/** Everything that was ever sealed, by whoever. */
const sealed: { text: string; sealed: string }[] = [];

const folder = () => join(instance.env.SIGNALBOX_DATA_DIR, 'keys');
const idsInFile = () =>
  (JSON.parse(readFileSync(join(folder(), 'master-keys.json'), 'utf8')) as { keys: { id: string }[] }).keys.map(
    ({ id }) => id,
  );
const idsNoted = async () => (await client.query<{ id: string }>('select id from master_key')).rows.map(({ id }) => id);

async function boot(): Promise<INestApplicationContext> {
  class SpecModule {}
  const { DATABASE_URL, SIGNALBOX_DATA_DIR } = instance.env;
  Module({ imports: [ConfigModule.forRoot({ DATABASE_URL, SIGNALBOX_DATA_DIR }), DatabaseModule, CryptoModule] })(
    SpecModule,
  );
  return NestFactory.createApplicationContext(SpecModule, { logger: false, abortOnError: false });
}

beforeAll(async () => {
  await ensureBuild();
  instance = await testInstance();
  client = new pg.Client({ connectionString: instance.env.DATABASE_URL });
  await client.connect();
  running = await boot();
});
afterAll(async () => {
  await running.close();
  await client.end();
  await instance.dispose();
});

/** Runs `npm run keys:rotate`. @param killAt the number of the step before which it is killed @returns how it ended, and its steps */
async function rotate(killAt?: number): Promise<{ ended: number | string | null; steps: string[]; said: string }> {
  const trace = join(instance.env.SIGNALBOX_DATA_DIR, 'steps');
  rmSync(trace, { force: true });
  const { DATABASE_URL, SIGNALBOX_DATA_DIR } = instance.env;
  const env = { PATH: process.env['PATH'], DATABASE_URL, SIGNALBOX_DATA_DIR, KEYS_STEPS: trace };
  const child = spawn(
    join(ROOT, 'node_modules/.bin/node'),
    ['--import', join(ROOT, 'backend/test/keys/kill-at-step.ts'), join(ROOT, 'dist/backend/src/cli/rotate-keys.js')],
    { env: { ...env, KEYS_KILL_AT: String(killAt ?? -1) }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const steps = existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n') : [];
  return { ended: signal ?? code, steps, said };
}

/** Seals in a process, and opens all that was ever sealed by any. */
function use(process: INestApplicationContext): void {
  const secrets = process.get(Secrets);
  const text = `secret ${sealed.length}`;
  sealed.push({ text, sealed: secrets.seal(text, CONTEXT) });
  expect(sealed.map((one) => secrets.open(one.sealed, CONTEXT))).toEqual(sealed.map((one) => one.text));
}

/** The running process goes on, a new one starts, and each opens what the other sealed; the database knows no key that is lost. */
async function expectWhole(): Promise<void> {
  use(running);
  const fresh = await boot();
  use(fresh);
  use(running);
  await fresh.close();
  const ids = idsInFile();
  expect((await idsNoted()).sort()).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
  expect(readdirSync(folder())).toEqual(['master-keys.json']);
}

const ROUNDS = process.env['SIGNALBOX_TEST_FULL'] === '1' ? 20 : 2;

describe('a rotation of the master keys while an instance runs', () => {
  let steps: string[];

  it('is taken up by the process that runs, old secrets stay readable', async () => {
    use(running);
    const before = running.get(KeyRing).current().id;
    const done = await rotate();
    expect([done.ended, done.said]).toEqual([0, expect.stringContaining('The master key is now')]);
    steps = done.steps;
    expect(steps).toEqual(expect.arrayContaining(['begin', 'writeSync', 'half of writeSync', 'renameSync', 'commit']));
    expect(steps.filter((step) => step === 'fsyncSync')).toHaveLength(2);
    while (running.get(KeyRing).current().id === before) await new Promise((settle) => setTimeout(settle, 20));
    expect(running.get(KeyRing).current().id).toBe(idsInFile().at(-1));
    await expectWhole();
  });

  it('may be killed before any of its steps: nothing is lost, nothing is left behind, and the next try succeeds', async () => {
    for (let step = 0; step < steps.length; step++) {
      const keysBefore = idsInFile();
      const killed = await rotate(step);
      expect([step, killed.ended, killed.steps]).toEqual([step, 'SIGKILL', steps.slice(0, step + 1)]);
      const renamed = killed.steps.slice(0, -1).includes('renameSync');
      expect([step, idsInFile().length - keysBefore.length]).toEqual([step, renamed ? 1 : 0]);
      expect(idsInFile().slice(0, keysBefore.length)).toEqual(keysBefore);
      await expectWhole();
    }
    expect((await rotate()).ended).toBe(0);
    await expectWhole();
  });

  it('may be killed again and again at moments that nobody chose, several at once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const some = Array.from({ length: 3 }, (_, i) => rotate((round * 7 + i * 5) % (steps.length + 3)));
      let over = false;
      const all = Promise.all(some).finally(() => (over = true));
      while (!over) {
        use(running);
        await new Promise((settle) => setTimeout(settle, 20));
      }
      await all;
      await expectWhole();
    }
  });
});
