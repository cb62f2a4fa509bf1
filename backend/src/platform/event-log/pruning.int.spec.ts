import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { systemActor } from '#platform/access/index.js';
import { ConfigModule } from '#platform/config/index.js';
import { CryptoModule, Signatures } from '#platform/crypto/index.js';
import { DatabaseModule } from '#platform/database/index.js';
import { logDatabase, logProcess, rows, titles, until, WORKSPACE, type LogProcess } from '#test/event-log.js';
import { auditLog } from './audit.js';
import { erasePerson } from './erasure.js';
import { EventLogModule, instanceSigner, LogRetentionModule, pruneOlder } from './index.js';
import { LogRetention } from './log-retention.js';
import { pruneTo, type Pruned } from './pruning.js';
import { hmacSigner, signHead } from './signed-head.js';

jest.setTimeout(60_000);

const signer = hmacSigner(Buffer.alloc(32, 7));
const DAY_MS = 86_400_000;
let database: Awaited<ReturnType<typeof logDatabase>>;
let log: LogProcess;

beforeEach(async () => {
  database = await logDatabase();
  await database.client.query('drop table event_p1; update log_state set partition_size = 10');
  log = await logProcess(database.url, { roles: 'api' });
});
afterEach(async () => {
  await log.close();
  await database.drop();
});

async function seal(): Promise<void> {
  while ((await log.sealer.pass()) !== 'empty');
}

/** Seals so many events of two workspaces, in turn, that happened so many days ago. */
async function aged(events: number, days: number): Promise<void> {
  const other = '01900000-0000-7000-8000-000000000002';
  for (let i = 0; i < events; i++)
    await log.transactions.run(async (em) => {
      log.log.record(em, 'deal.expired', {
        workspaceId: i % 2 ? other : WORKSPACE,
        subjectId: uuidv7(),
        actor: systemActor(),
        data: { title: `e${i}` },
        occurredAt: new Date(Date.now() - days * DAY_MS),
      });
    });
  await seal();
}

const audit = (options = {}) => auditLog(database.client, { signer, ...options });
const prune = (upTo: number) => pruneTo(database.client, upTo, 30, signer);
const cursor = (reader: string, position: number) =>
  database.client.query('insert into reader_cursor (reader, position) values ($1, $2)', [reader, position]);
const positions = async () =>
  (await rows<{ position: string }>(database.client, 'select position from event order by position')).map((row) =>
    Number(row.position),
  );
const told = async () =>
  (await rows<{ data: object }>(database.client, `select data from outbox where type = 'log.pruned' order by seq`)).map(
    ({ data }) => data,
  );

describe('pruning to a position', () => {
  beforeEach(() => aged(30, 40));

  it('removes up to the slowest reader, whole partitions and single rows, under a signed checkpoint, and says so', async () => {
    await cursor('slow', 23);
    await cursor('fast', 30);
    expect(await prune(1000)).toEqual({ position: 23, events: 23, waitsFor: 'slow' });
    expect(await positions()).toEqual([24, 25, 26, 27, 28, 29, 30]);
    expect(await audit()).toEqual({ events: 7, erased: 0, prunedTo: 23, head: 30, fault: undefined });
    expect(await told()).toEqual([
      { position: 10, events: 10, keepDays: 30 },
      { position: 20, events: 10, keepDays: 30 },
      { position: 23, events: 3, keepDays: 30 },
    ]);
    const left = await rows<{ n: number }>(
      database.client,
      `select count(*)::int as n from pg_inherits where inhparent = 'event'::regclass and inhrelid::regclass::text in ('event_p1', 'event_p11')`,
    );
    expect(left).toEqual([{ n: 0 }]);
  });

  it('goes on another day where it ended, and the log goes on with it', async () => {
    expect(await prune(13)).toEqual({ position: 13, events: 13, waitsFor: undefined });
    await aged(3, 0);
    expect((await audit()).fault).toBeUndefined();
    expect(await prune(13)).toEqual({ position: 13, events: 0, waitsFor: undefined });
    expect(await prune(31)).toMatchObject({ position: 31, events: 18 });
    // Behind them stand the three new events and what pruning told.
    expect((await audit()).fault).toBeUndefined();
    expect(await prune(1_000_000)).toMatchObject({ position: (await log.tail.head()).position });
    await aged(2, 0);
    const { events, fault } = await audit();
    expect([events > 0, fault]).toEqual([true, undefined]);
    expect(titles((await log.tail.since(0, 100)).events)).toEqual(expect.arrayContaining(['e0', 'e1']));
  });

  it('leaves a checkpoint that nobody else signed, and that cannot be moved', async () => {
    await prune(10);
    expect((await audit({ signer: hmacSigner(Buffer.alloc(32)) })).fault).toMatchObject({ problem: 'signature' });
    await database.client.query('delete from event where position <= 12; update log_checkpoint set position = 12');
    expect((await audit()).fault).toMatchObject({ problem: 'signature', position: 12 });
    await expect(prune(20)).rejects.toThrow('is not signed by this instance');
  });

  it('passes heads that were signed before over, and holds the log to later ones', async () => {
    const whole = await signHead(database.client, signer);
    await prune(15);
    expect((await audit({ signedHeads: [whole] })).fault).toBeUndefined();
    await prune(30);
    expect((await audit({ signedHeads: [whole] })).fault).toBeUndefined();
  });

  it('removes nothing that does not verify', async () => {
    await database.client.query(`update event set type = 'deal.found' where position = 14`);
    await expect(prune(20)).rejects.toThrow('Nothing was pruned, because the log does not verify. Event 14 (');
    expect(await positions()).toHaveLength(20);
    expect(await told()).toHaveLength(1);
  });

  it('removes what was erased, and copies of parked events stay', async () => {
    const person = uuidv7();
    await log.record(undefined, 'theirs', {
      actor: { kind: 'user', id: person, userId: person, address: '192.0.2.1' },
    });
    await seal();
    await log.transactions.run((em) => erasePerson(em, person));
    expect(await prune(31)).toMatchObject({ position: 31 });
    expect((await audit()).fault).toBeUndefined();
  });

  it('stops for a reader that came while it verified', async () => {
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    // Between the audit's end and the lock on the checkpoint.
    const watched = Object.create(database.client) as pg.Client;
    watched.query = (async (text: string, ...values: unknown[]) => {
      if (text === 'begin')
        await other.query(`insert into reader_cursor (reader, position) values ('late', 4) on conflict do nothing`);
      return (database.client.query as (...all: unknown[]) => unknown)(text, ...values);
    }) as pg.Client['query'];
    expect(await pruneTo(watched, 30, 30, signer)).toEqual({ position: 4, events: 4, waitsFor: 'late' });
    await other.end();
    expect(await positions()).toHaveLength(26);
    expect((await audit()).fault).toBeUndefined();
  });

  it('waits for an audit that runs, which would miss what is dropped', async () => {
    const auditor = new pg.Client({ connectionString: database.url });
    await auditor.connect();
    let pruned: Promise<Pruned> | undefined;
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'lock table log_checkpoint%'`;
    const watched = Object.create(auditor) as pg.Client;
    // The audit's second statement finds where the log begins; then its events are pruned, if they can be.
    watched.query = (async (text: string, ...values: unknown[]) => {
      const result = await (auditor.query as (...all: unknown[]) => unknown)(text, ...values);
      if (typeof text !== 'string' || !text.includes('from log_state')) return result;
      pruned = prune(25);
      const other = new pg.Client({ connectionString: database.url });
      await other.connect();
      await until(async () => (await rows(other, waiting)).length > 0);
      await other.end();
      return result;
    }) as pg.Client['query'];
    expect(await auditLog(watched, { signer })).toMatchObject({ events: 30, fault: undefined });
    expect(await pruned).toMatchObject({ position: 25 });
    await auditor.end();
    expect((await audit()).fault).toBeUndefined();
  });

  it('may be asked for by several at once', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(async () => {
        const client = new pg.Client({ connectionString: database.url });
        await client.connect();
        return client;
      }),
    );
    const found = await Promise.all(others.map((client) => pruneTo(client, 25, 30, signer)));
    for (const client of others) await client.end();
    expect(found.map(({ position }) => position)).toEqual([25, 25, 25]);
    expect(found.reduce((sum, { events }) => sum + events, 0)).toBe(25);
    expect(await told()).toHaveLength(3);
    expect((await audit()).fault).toBeUndefined();
  });
});

describe('pruning by age', () => {
  it('removes what is older, up to the first event that is not', async () => {
    await aged(12, 40);
    await aged(3, 10);
    await aged(4, 40);
    expect(await pruneOlder(database.client, 60, signer)).toMatchObject({ position: 0, events: 0 });
    expect(await pruneOlder(database.client, 30, signer)).toMatchObject({ position: 12, events: 12 });
    expect(await pruneOlder(database.client, 8, signer)).toMatchObject({ position: 19, events: 7 });
    expect((await audit()).fault).toBeUndefined();
  });
});

describe('retention', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-retention-'));

  /** Boots a process that removes what is older than the days, or keeps everything. */
  async function retaining(keepDays?: number, roles = '') {
    class SpecModule {}
    const env = {
      DATABASE_URL: database.url,
      REDIS_URL: process.env['TEST_REDIS_URL'],
      SIGNALBOX_DATA_DIR: folder,
      SIGNALBOX_LOG_KEEP_DAYS: keepDays?.toString(),
      SIGNALBOX_ROLES: roles,
    };
    Module({ imports: [ConfigModule.forRoot(env), DatabaseModule, CryptoModule, EventLogModule, LogRetentionModule] })(
      SpecModule,
    );
    return NestFactory.createApplicationContext(SpecModule, { logger: false, abortOnError: false });
  }

  afterEach(() => rmSync(join(folder, 'keys'), { recursive: true, force: true }));

  it('keeps everything unless it is set, and at least a week', async () => {
    await aged(5, 4000);
    const process = await retaining();
    await until(async () => (await rows(database.client, 'select 1 from outbox')).length === 0);
    await process.close();
    expect(await rows(database.client, 'select position, looked_at from log_checkpoint')).toEqual([
      { position: '0', looked_at: null },
    ]);
    await expect(retaining(6)).rejects.toThrow('must be a whole number from 7 to 36500');
  });

  it('removes what is too old at the start, signed by the instance, and then once a day, in one process', async () => {
    await aged(15, 40);
    await aged(5, 1);
    const process = await retaining(30);
    await until(async () => (await positions())[0] === 16);
    const instance = instanceSigner(process.get(Signatures));
    await until(async () => (await told()).length === 0);
    expect((await audit({ signer: instance })).fault).toBeUndefined();
    await process.close();
    // Two that have nothing else to do than to look when they are told to.
    const idle = [await retaining(30, 'api'), await retaining(30, 'api')];
    const look = (): Promise<(Pruned | undefined)[]> => Promise.all(idle.map((one) => one.get(LogRetention).look(7)));
    expect(await look()).toEqual([undefined, undefined]);
    await database.client.query(`update log_checkpoint set looked_at = looked_at - interval '25 hours'`);
    expect((await look()).filter(Boolean)).toHaveLength(1);
    expect(await look()).toEqual([undefined, undefined]);
    for (const one of idle) await one.close();
  });

  it('gives its turn back when it fails', async () => {
    await aged(15, 40);
    await database.client.query(`update event set type = 'deal.found' where position = 3`);
    const process = await retaining();
    const retention = process.get(LogRetention);
    await expect(retention.look(30)).rejects.toThrow('does not verify');
    expect(await rows(database.client, 'select looked_at from log_checkpoint')).toEqual([{ looked_at: null }]);
    await database.client.query(`update event set type = 'deal.expired' where position = 3`);
    expect(await retention.look(30)).toMatchObject({ position: 15 });
    await process.close();
  });
});
