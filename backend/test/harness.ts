// What every integration spec starts from: a database of its own, its own corner of Redis, a folder of its own.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateUp } from '#platform/database/index.js';

/** A database that one spec has for itself. */
export interface TestDatabase {
  readonly url: string;
  /** Ends its connections and removes it. */
  drop(): Promise<void>;
}

/** The settings of an application that one spec has for itself; see `testInstance`. */
export interface TestInstance {
  readonly env: {
    readonly DATABASE_URL: string;
    readonly REDIS_URL: string;
    readonly SIGNALBOX_REDIS_PREFIX: string;
    readonly SIGNALBOX_DATA_DIR: string;
    readonly SIGNALBOX_PORT: string;
    readonly SIGNALBOX_SMTP_IN_PORT: string;
  };
  /** Removes database and folder. Close the application first. */
  dispose(): Promise<void>;
}

/** Guards the making of the template; any number that no other advisory lock uses. */
const TEMPLATE_LOCK = 5_120_260;
const TEMPLATE = 'signalbox_template';

/**
 * Makes a database with every migration applied, by copying a template that the first caller of the run migrates.
 *
 * @throws Error outside an integration spec, where no PostgreSQL runs
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  return asAdministrator(async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await ensureTemplate(client);
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
    return createDatabase(client, `template ${TEMPLATE}`);
  });
}

/** Makes a database without any table, for specs of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return asAdministrator((client) => createDatabase(client, ''));
}

/** The run's Redis and a key prefix that nobody else uses. */
export function redisUrl(prefix: string): { url: string; prefix: string } {
  return { url: required('TEST_REDIS_URL'), prefix: `${prefix}-${randomBytes(4).toString('hex')}` };
}

/**
 * Everything that an application needs to boot beside others: database, Redis prefix, data folder, ports chosen by the
 * system.
 */
export async function testInstance(): Promise<TestInstance> {
  const database = await createTestDatabase();
  const redis = redisUrl('test');
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-spec-'));
  return {
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SIGNALBOX_REDIS_PREFIX: redis.prefix,
      SIGNALBOX_DATA_DIR: folder,
      SIGNALBOX_PORT: '0',
      SIGNALBOX_SMTP_IN_PORT: '0',
    },
    dispose: async () => {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ensureTemplate(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [TEMPLATE]);
  if (rowCount) return;
  // Migrated under another name: a template whose migration failed half-way must not be taken for a finished one.
  const making = `making_${randomBytes(4).toString('hex')}`;
  await client.query(`create database ${making}`);
  await migrateUp(databaseUrl(making));
  await client.query(`alter database ${making} rename to ${TEMPLATE}`);
}

async function createDatabase(client: pg.Client, options: string): Promise<TestDatabase> {
  const name = `spec_${randomBytes(6).toString('hex')}`;
  await client.query(`create database ${name} ${options}`);
  return {
    url: databaseUrl(name),
    drop: () => asAdministrator((other) => dropDatabase(other, name)),
  };
}

/** An autovacuum worker in the database is the superuser's, whom we may not end: it is done in a moment. */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  for (let left = 50; ; left--) {
    try {
      await client.query(`drop database ${name} with (force)`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '42501' || left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function asAdministrator<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: required('TEST_DATABASE_URL') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(required('TEST_DATABASE_URL'));
  url.pathname = `/${name}`;
  return url.toString();
}

function required(variable: string): string {
  const value = process.env[variable];
  if (!value)
    throw new Error(`${variable} is not set: only an integration spec (*.int.spec.ts) has the real services.`);
  return value;
}
