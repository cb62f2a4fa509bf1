import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { migrateUp, query, transient, type EntityManager } from '#platform/database/index.js';
import { logProcess, rows, until, type LogProcess } from '#test/event-log.js';
import { auditLog } from './audit.js';
import { LogReader, type LogEvent, type ReadsLog } from './index.js';

jest.setTimeout(120_000);

// A server of its own: the other specs need theirs.
interface Server {
  url: string;
  stop(): Promise<void>;
}
const scripts = new URL('../../../../scripts/lib/postgres.mjs', import.meta.url).pathname;
const { startPostgres } = (await import(scripts)) as { startPostgres(options: { dir: string }): Promise<Server> };

@LogReader({ name: 'room', batch: 20 })
class Room implements ReadsLog {
  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    for (const event of batch)
      await query(em, 'insert into effect (position, id) values ($1, $2)', [event.position, event.id]);
  }
}

let folder: string;
let server: Server;
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  folder = mkdtempSync(join(tmpdir(), 'signalbox-outage-'));
  chmodSync(folder, 0o711);
  server = await startPostgres({ dir: folder });
  await migrateUp(server.url);
  await sql('create table effect (position bigint primary key, id uuid not null unique)');
});

afterAll(async () => {
  process.off('unhandledRejection', note);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function sql<T extends object>(text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  return rows<T>(client, text).finally(() => client.end());
}

/** Records until told to stop; a commit whose answer was lost may or may not have happened. */
async function write(instance: LogProcess, going: () => boolean): Promise<{ sure: string[]; unsure: number }> {
  const sure: string[] = [];
  let unsure = 0;
  while (going()) {
    try {
      sure.push(await instance.record(uuidv7()));
    } catch (error) {
      if (!transient(error)) throw error;
      unsure++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return { sure, unsure };
}

/** Writes and reads while `disturb` runs, then checks that every event that was surely committed is there exactly once. */
async function survives(disturb: () => Promise<void>): Promise<void> {
  const [before] = await sql<{ n: number }>('select count(*)::int as n from event');
  const instance = await logProcess(server.url, { readers: [Room], pollMs: 100 });
  let going = true;
  const writers = [1, 2, 3].map(() => write(instance, () => going));
  await disturb();
  going = false;
  const written = await Promise.all(writers);
  const sure = written.flatMap((writer) => writer.sure);
  const unsure = written.reduce((sum, writer) => sum + writer.unsure, 0);
  await until(async () => {
    const [left] = await sql<{ n: number }>(
      'select (select count(*) from outbox)::int + (select position from log_state)::int - (select count(*) from effect)::int as n',
    );
    return left?.n === 0;
  });
  await instance.close();
  const events = await sql<{ position: string; id: string }>('select position, id from event order by position');
  expect(events.map((event) => Number(event.position))).toEqual(events.map((_, i) => i + 1));
  const ids = new Set(events.map((event) => event.id));
  expect(sure.filter((id) => !ids.has(id))).toEqual([]);
  const found = events.length - (before?.n ?? 0);
  expect(found).toBeGreaterThanOrEqual(sure.length);
  expect(found).toBeLessThanOrEqual(sure.length + unsure);
  expect(await sql('select position, id from effect order by position')).toEqual(events);
  const [cursor] = await sql('select state, parks_in_row from reader_cursor');
  expect(cursor).toEqual({ state: 'running', parks_in_row: 0 });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  expect((await auditLog(client)).fault).toBeUndefined();
  await client.end();
  expect(unhandled).toEqual([]);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the log survives', () => {
  it('a restart of PostgreSQL under load', () =>
    survives(async () => {
      for (let i = 0; i < 2; i++) {
        await pause(400);
        await server.stop();
        await pause(200);
        server = await startPostgres({ dir: folder });
      }
      await pause(400);
    }));

  it('the killing of any connection, again and again', () =>
    survives(async () => {
      for (let i = 0; i < 40; i++) {
        await sql(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name like 'signalbox%' and random() < 0.5`);
        await pause(50);
      }
    }));
});
