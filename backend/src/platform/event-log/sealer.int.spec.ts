import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { DatabaseConfig, query } from '#platform/database/index.js';
import { readConfig } from '#platform/config/index.js';
import { partitions } from './partitions.js';
import { sealerConnection } from './sealer.js';
import { LOCK, NEVER_EMPTIED, READ_OUTBOX, type Emptied } from './sealing.js';
import { expired, logDatabase, logProcess, rows, until, WORKSPACE, type LogProcess } from '#test/event-log.js';

jest.setTimeout(30_000);

let database: Awaited<ReturnType<typeof logDatabase>>;
const processes: LogProcess[] = [];

beforeEach(async () => {
  database = await logDatabase();
});

afterEach(async () => {
  for (const process of processes.splice(0)) await process.close();
  await database.drop();
});

async function boot(roles = '', redisPrefix?: string, pollMs = 100): Promise<LogProcess> {
  const process = await logProcess(database.url, { roles, redisPrefix, pollMs });
  processes.push(process);
  return process;
}

interface Sealed {
  position: string;
  id: string;
  subject_id: string;
  data: { title: string };
}

const sealed = () =>
  rows<Sealed>(database.client, 'select position, id, subject_id, data from event order by position');
const count = async (table: string) =>
  (await rows<{ n: number }>(database.client, `select count(*)::int as n from ${table}`))[0]?.n;

/** Adds one to a thing and records the value it got: the log must tell the values in order. */
async function increment(process: LogProcess, id: string): Promise<string> {
  return process.transactions.run(
    async (em) => {
      const [row] = await query<{ value: number }>(
        em,
        'insert into thing (id, value) values ($1, 1) on conflict (id) do update set value = thing.value + 1 returning value',
        [id],
      );
      return expired(process.log, em, id, String(row?.value));
    },
    { retries: 10 },
  );
}

async function expectOrder(ids: string[]): Promise<void> {
  const events = await sealed();
  expect(events.map((event) => Number(event.position))).toEqual(events.map((_, i) => i + 1));
  expect(new Set(events.map((event) => event.id))).toEqual(new Set(ids));
  expect(events).toHaveLength(ids.length);
  const last = new Map<string, number>();
  for (const { subject_id, data } of events) {
    expect(Number(data.title)).toBe((last.get(subject_id) ?? 0) + 1);
    last.set(subject_id, Number(data.title));
  }
}

/** Eight writers on five things, through every process given. */
async function write(writers: LogProcess[], each: number): Promise<string[]> {
  const things = Array.from({ length: 5 }, () => uuidv7());
  const work = Array.from({ length: 8 }, async (_, w) => {
    const ids: string[] = [];
    for (let i = 0; i < each; i++)
      ids.push(await increment(writers[w % writers.length] as LogProcess, things[(w + i) % 5] as string));
    return ids;
  });
  return (await Promise.all(work)).flat();
}

describe('sealing', () => {
  it('gives concurrent writers gapless positions in the order of the state, while it runs', async () => {
    const process = await boot();
    const ids = await write([process], 60);
    await until(async () => (await count('outbox')) === 0);
    await expectOrder(ids);
    const [state] = await rows(database.client, 'select position from log_state');
    expect(state).toEqual({ position: String(ids.length) });
  });

  it('keeps that order with two sealers and a third process that only writes', async () => {
    const all = [await boot(), await boot(), await boot('api')];
    const ids = await write(all, 50);
    await until(async () => (await count('outbox')) === 0);
    await expectOrder(ids);
  });

  it('links two workspaces to chains of their own', async () => {
    const process = await boot('api');
    const other = uuidv7();
    for (const workspaceId of [WORKSPACE, other, WORKSPACE]) await process.record(undefined, 'x', { workspaceId });
    expect(await process.sealer.pass()).toBe('full');
    expect(await process.sealer.pass()).toBe('sealed');
    const heads = await rows(database.client, 'select workspace_id, position from chain_head order by position');
    expect(heads).toEqual([
      { workspace_id: other, position: '2' },
      { workspace_id: WORKSPACE, position: '3' },
    ]);
  });

  it('does not lose a transaction that began long before and commits late', async () => {
    const process = await boot('api');
    const late = new pg.Client({ connectionString: database.url });
    await late.connect();
    await late.query('begin');
    await late.query(
      `insert into outbox (id, workspace_id, scope_kind, type, version, subject_type, subject_id, actor, data,
      occurred_at) values (gen_random_uuid(), $1, 'workspace', 'deal.expired', 1, 'deal', gen_random_uuid(), '{}', '{"title":"late"}', now())`,
      [WORKSPACE],
    );
    for (let i = 0; i < 20; i++) {
      await process.record(undefined, `early ${i}`);
      await process.sealer.pass();
      await process.sealer.pass();
    }
    expect(await count('event')).toBe(20);
    await late.query('commit');
    await late.end();
    await process.sealer.pass();
    expect((await sealed()).at(-1)).toMatchObject({ position: '21', data: { title: 'late' } });
    expect(await count('outbox')).toBe(0);
  });

  it('keeps the order of a subject whose earlier change waits in an older transaction', async () => {
    const process = await boot();
    const id = uuidv7();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let entered: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const slow = process.transactions.run(async (em) => {
      await query(em, 'insert into thing (id, value) values ($1, 1)', [id]);
      const event = expired(process.log, em, id, '1');
      entered();
      await gate;
      return event;
    });
    await inside;
    const fast = increment(process, id);
    await process.record(uuidv7(), '1');
    release();
    const ids = await Promise.all([slow, fast]);
    await until(async () => (await count('event')) === 3);
    const of = (await sealed()).filter((event) => event.subject_id === id);
    expect(of.map((event) => [event.id, event.data.title])).toEqual([
      [ids[0], '1'],
      [ids[1], '2'],
    ]);
  });

  it('replaces a sealer that froze while it held the lock', async () => {
    const config = readConfig(DatabaseConfig, { DATABASE_URL: database.url });
    const frozen = new pg.Client(sealerConnection(config));
    frozen.on('error', () => undefined);
    await frozen.connect();
    await frozen.query(`begin; select pg_try_advisory_xact_lock(${LOCK})`);
    const process = await boot('api');
    await process.record();
    expect(await process.sealer.pass()).toBe('busy');
    process.sealer.start();
    await until(async () => (await count('event')) === 1);
    await expect(frozen.query('select 1')).rejects.toThrow();
  });

  it('wakes the sealer of another process through Redis, and that one alone seals', async () => {
    // With a poll of a minute only the poke can be what woke it.
    const prefix = `poke-${uuidv7().slice(-12)}`;
    await boot('readers', prefix, 60_000);
    const writer = await boot('api', prefix, 60_000);
    await until(async () => {
      await writer.record();
      return (await count('event')) !== 0;
    });
    expect(await count('event')).toBeGreaterThan(0);
  });

  it('makes partitions before they are needed, and seals across their borders', async () => {
    await database.client.query('drop table event_p1; update log_state set partition_size = 7');
    const process = await boot();
    const ids = await write([process], 5);
    await until(async () => (await count('outbox')) === 0);
    await expectOrder(ids);
    const ranges = await partitions(database.client);
    expect(ranges.slice(0, 2)).toEqual([
      { name: 'event_p1', from: 1, to: 8 },
      { name: 'event_p8', from: 8, to: 15 },
    ]);
    expect(ranges.at(-1)?.to).toBeGreaterThan(40);
  });

  it('survives the killing of its connection again and again, and gives each event one position', async () => {
    const process = await boot();
    const killer = new pg.Client({ connectionString: database.url });
    await killer.connect();
    let writing = true;
    const kills = (async () => {
      let killed = 0;
      while (writing || killed < 5) {
        const { rowCount } = await killer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name in ('signalbox sealer', 'signalbox tail')`,
        );
        killed += rowCount ?? 0;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const ids = await write([process], 50);
    writing = false;
    await kills;
    await killer.end();
    await until(async () => (await count('outbox')) === 0);
    await expectOrder(ids);
  });

  it('does not crawl beside an old snapshot or a long transaction: what was sealed is not looked at again', async () => {
    const process = await boot('api');
    const client = async (first: string) => {
      const old = new pg.Client({ connectionString: database.url });
      old.on('error', () => undefined);
      await old.connect();
      await old.query(first);
      return old;
    };
    const reading = await client('begin isolation level repeatable read; select 1 from thing');
    const writing = await client('begin; insert into thing (id) values (gen_random_uuid())');
    const seal = async () => {
      while ((await process.sealer.pass()) !== 'empty');
    };
    const batch = () =>
      process.transactions.run(async (em) => {
        for (let i = 0; i < 2000; i++) expired(process.log, em, uuidv7(), 'bulk');
      });
    for (let i = 0; i < 5; i++) {
      await batch();
      await seal();
    }
    await process.record();
    const { emptied } = process.sealer as unknown as { emptied: Emptied };
    // Others may run beside it, autovacuum for one.
    const { rows: own } = await writing.query<{ id: string }>('select pg_current_xact_id()::text as id');
    expect(emptied.running).toContain(own[0]?.id);
    expect(emptied.running.length).toBeLessThan(5);
    await database.client.query('set enable_seqscan = off');
    const buffers = async (since: Emptied) => {
      const plan = await rows(database.client, `explain (analyze, buffers, format json) ${READ_OUTBOX}`, [
        since.xmax,
        since.running,
        1000,
      ]);
      return Number(JSON.stringify(plan).match(/"Shared Hit Blocks":(\d+)/)?.[1]);
    };
    expect(await buffers(NEVER_EMPTIED)).toBeGreaterThan(200);
    expect(await buffers(emptied)).toBeLessThan(30);
    await seal();
    expect(await count('event')).toBe(10_001);
    for (const old of [reading, writing]) await old.end();
  });
});
