// What the specs and the benchmark of the event log start from.
import { Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { systemActor, type Actor } from '#platform/access/index.js';
import { ConfigModule } from '#platform/config/index.js';
import { DatabaseModule, MikroORM, Transactions, type EntityManager } from '#platform/database/index.js';
import { RedisModule } from '#platform/redis/index.js';
import { createTestDatabase, redisUrl } from './harness.js';
import {
  EventLog,
  EventLogModule,
  LogTail,
  ParkedEvents,
  ReaderOperations,
  Readers,
  Sealer,
  type LogEvent,
  type ReadsLog,
} from '#platform/event-log/index.js';

export const WORKSPACE = '01900000-0000-7000-8000-000000000001';

/** A fresh database with the instance's tables and two of an imaginary room. */
export async function logDatabase(): Promise<{ url: string; client: pg.Client; drop: () => Promise<void> }> {
  const { url, drop } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`
    create table thing (id uuid primary key, value integer not null default 0);
    create table effect (reader text not null, position bigint not null, subject_id uuid not null, note text,
      primary key (reader, position));`);
  return {
    url,
    client,
    drop: async () => {
      await client.end();
      await drop();
    },
  };
}

/** One process of the instance, as far as the log is concerned. */
export interface LogProcess {
  app: TestingModule;
  log: EventLog;
  transactions: Transactions;
  sealer: Sealer;
  readers: Readers;
  tail: LogTail;
  operations: ReaderOperations;
  parked: ParkedEvents;
  /** Records `deal.expired` of a subject in a transaction of its own. @returns the event's id */
  record(subjectId?: string, title?: string, more?: { workspaceId?: string; actor?: Actor }): Promise<string>;
  close(): Promise<void>;
}

/** Options of `logProcess`. */
export interface LogProcessOptions {
  readers?: Type<ReadsLog>[];
  /** Roles of the process; `api` alone neither seals nor reads. */
  roles?: string;
  redisPrefix?: string;
  pollMs?: number;
}

/** Boots a process on the database. Without a prefix it has no Redis. */
export async function logProcess(url: string, options: LogProcessOptions = {}): Promise<LogProcess> {
  @Module({ providers: options.readers ?? [] })
  class Room {}

  const redis = redisUrl('log');
  const env = {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    SIGNALBOX_REDIS_PREFIX: options.redisPrefix ?? redis.prefix,
    SIGNALBOX_ROLES: options.roles ?? '',
    SIGNALBOX_LOG_POLL_MS: String(options.pollMs ?? 200),
  };
  const app = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(env),
      DatabaseModule,
      ...(options.redisPrefix ? [RedisModule] : []),
      EventLogModule,
      Room,
    ],
  }).compile();
  app.useLogger(false);
  // Writers that start at once would race for the ORM's first connection.
  await app.get(MikroORM).connect();
  await app.init();
  const log = app.get(EventLog);
  const transactions = app.get(Transactions);
  return {
    app,
    log,
    transactions,
    sealer: app.get(Sealer),
    readers: app.get(Readers),
    tail: app.get(LogTail),
    operations: app.get(ReaderOperations),
    parked: app.get(ParkedEvents),
    record: (subjectId = uuidv7(), title = 'A deal', more = {}) =>
      transactions.run(async (em) => expired(log, em, subjectId, title, more)),
    close: () => app.close(),
  };
}

/** Records `deal.expired` in the transaction of `em`. */
export function expired(
  log: EventLog,
  em: EntityManager,
  subjectId: string,
  title: string,
  more: { workspaceId?: string; actor?: Actor } = {},
): string {
  return log.record(em, 'deal.expired', {
    workspaceId: more.workspaceId ?? WORKSPACE,
    subjectId,
    actor: more.actor ?? systemActor(),
    data: { title },
  });
}

/** Waits until `check` is true; the suite's own time limit ends it. */
export async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Rows of a statement. */
export async function rows<T extends object = Record<string, unknown>>(
  client: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  return (await client.query<T>(text, values)).rows;
}

/** Titles of `deal.expired` events. */
export function titles(events: readonly LogEvent[]): string[] {
  return events.map((event) => (event.type === 'deal.expired' ? event.data.title : event.type));
}
