import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { ConfigModule } from '#platform/config/index.js';
import { DatabaseModule } from '#platform/database/index.js';
import { testInstance, type TestInstance } from '#test/harness.js';
import { CryptoModule, KeyRing, KeyRingError, openKeyRing, rotateKeys, Secrets } from './index.js';

let instance: TestInstance;
let client: pg.Client;
let running: INestApplicationContext[] = [];

const folder = () => instance.env.SIGNALBOX_DATA_DIR;
const file = () => join(folder(), 'keys', 'master-keys.json');

beforeEach(async () => {
  instance = await testInstance();
  client = new pg.Client({ connectionString: instance.env.DATABASE_URL });
  await client.connect();
});
afterEach(async () => {
  for (const process of running) await process.close();
  running = [];
  await client.end();
  await instance.dispose();
});

/** Boots a process of the instance, as far as keys are concerned. */
async function boot(): Promise<INestApplicationContext> {
  class SpecModule {}
  const { DATABASE_URL, SIGNALBOX_DATA_DIR } = instance.env;
  Module({ imports: [ConfigModule.forRoot({ DATABASE_URL, SIGNALBOX_DATA_DIR }), DatabaseModule, CryptoModule] })(
    SpecModule,
  );
  const process = await NestFactory.createApplicationContext(SpecModule, { logger: false, abortOnError: false });
  running.push(process);
  return process;
}

const sql = async (text: string, values: unknown[]) => (await client.query(text, values)).rows as object[];

async function inTransaction<T>(work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    return await work();
  } finally {
    await client.query('commit');
  }
}

const rotate = (acceptLoss = false) => inTransaction(() => rotateKeys(folder(), sql, acceptLoss));
const noted = async () => (await client.query('select id from master_key order by noted_at, id')).rows.map((r) => r.id);
const idsInFile = () => (JSON.parse(readFileSync(file(), 'utf8')) as { keys: { id: string }[] }).keys.map((k) => k.id);

describe('the keys that a database knows', () => {
  it('are noted at the first start and at each rotation, by a fingerprint that is not the key', async () => {
    const process = await boot();
    const first = process.get(KeyRing).current();
    expect(await noted()).toEqual([first.id]);
    const { id } = await rotate();
    expect(await noted()).toEqual([first.id, id]);
    const { rows } = await client.query<{ fingerprint: Buffer }>('select fingerprint from master_key');
    for (const { fingerprint } of rows) {
      expect(fingerprint).toHaveLength(16);
      expect(first.key.includes(fingerprint)).toBe(false);
    }
    await boot();
  });

  it('that are lost stop the start: no new ring is made in their place', async () => {
    await boot();
    rmSync(join(folder(), 'keys'), { recursive: true });
    await expect(boot()).rejects.toThrow(KeyRingError);
    await expect(boot()).rejects.toThrow(
      /^The keys file \S+ is missing, with which secrets of this database are sealed: put back your copy of the folder "keys", or, when it is lost for good, run "npm run keys:rotate -- --accept-loss" and enter those secrets again\.$/,
    );
    await expect(rotate()).rejects.toThrow('is missing');
    await expect(inTransaction(() => openKeyRing(folder(), sql))).rejects.toThrow('is missing');
    expect(existsSync(join(folder(), 'keys'))).toBe(false);
  });

  it('stop the start under their names when the ring is another one, or lacks some', async () => {
    const [ring] = [(await boot()).get(KeyRing)];
    const first = ring.current().id;
    cpSync(file(), join(folder(), 'old'));
    const { id } = await rotate();
    cpSync(join(folder(), 'old'), file());
    await expect(boot()).rejects.toThrow(`lacks "${id}", with which secrets`);
    rmSync(file());
    const foreign = KeyRing.open(folder()).current().id;
    await expect(boot()).rejects.toThrow(`lacks "${first}", "${id}"`);
    writeFileSync(file(), readFileSync(file(), 'utf8').replaceAll(foreign, id), { mode: 0o600 });
    await expect(boot()).rejects.toThrow(`lacks "${first}", "${id}"`);
    expect(await noted()).toEqual([first, id]);
  });

  it('are given up when an operator accepts their loss, and only those that are lost', async () => {
    const kept = (await boot()).get(KeyRing).current().id;
    cpSync(file(), join(folder(), 'old'));
    const lost = (await rotate()).id;
    cpSync(join(folder(), 'old'), file());
    const made = await rotate(true);
    expect(made.lost).toEqual([lost]);
    expect(await noted()).toEqual([kept, made.id]);
    expect(idsInFile()).toEqual([kept, made.id]);
    rmSync(join(folder(), 'keys'), { recursive: true });
    const anew = await rotate(true);
    expect(anew.lost).toEqual([kept, made.id]);
    expect((await boot()).get(KeyRing).current().id).toBe(anew.id);
  });

  it('that a command rotates are used by processes that run', async () => {
    const [a, b] = [await boot(), await boot()];
    const before = a.get(Secrets).seal('old', 'c');
    const { id } = await rotate();
    while (!a.get(Secrets).seal('new', 'c').startsWith(`s1.${id}.`)) await new Promise((r) => setTimeout(r, 20));
    expect(b.get(Secrets).open(a.get(Secrets).seal('new', 'c'), 'c')).toBe('new');
    expect(b.get(Secrets).open(before, 'c')).toBe('old');
  });

  it('are one ring for processes that start at once', async () => {
    const processes = await Promise.all([boot(), boot(), boot()]);
    expect(new Set(processes.map((process) => process.get(KeyRing).current().id)).size).toBe(1);
    expect(await noted()).toEqual(idsInFile());
  });

  it('may be rotated by two at once: the second waits for the first, and no key is lost', async () => {
    await boot();
    const [other, observer] = [1, 2].map(() => new pg.Client({ connectionString: instance.env.DATABASE_URL }));
    await Promise.all([other!.connect(), observer!.connect()]);
    await other!.query('begin');
    const theirs = await rotateKeys(folder(), async (text, values) => (await other!.query(text, values)).rows, false);
    const mine = rotate();
    const waiting = `select 1 from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`;
    while ((await observer!.query(waiting)).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(idsInFile()).toHaveLength(2);
    await other!.query('commit');
    const made = [theirs.id, (await mine).id];
    await Promise.all([other!.end(), observer!.end()]);
    expect(idsInFile().slice(1)).toEqual(made);
    expect([...(await noted())].sort()).toEqual(idsInFile().sort());
  });
});
