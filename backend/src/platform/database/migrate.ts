import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import pg from 'pg';
import { migrations } from '#migrations/index.js';

/** The advisory lock that every migrating process takes: "signalbox migrations", hashed to a number once. */
const MIGRATION_LOCK = 7_214_390_112;

/** Options of an ORM that only migrates: it maps no entity. */
function migrationOptions(url: string): Options {
  return {
    clientUrl: undefined,
    dbName: 'unused',
    driverOptions: { connectionString: url, max: 2 },
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, tableName: 'schema_migration' },
    logger: () => undefined,
  };
}

/** Runs `work` while holding the lock, so that any number of processes may start at once. */
async function locked<T>(url: string, work: (migrator: Migrator) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'signalbox migrate' });
  await client.connect();
  const orm = await MikroORM.init(migrationOptions(url));
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work(orm.migrator as Migrator);
  } finally {
    await orm.close();
    await client.end();
  }
}

/** Applies what is pending, up to and including `to` when given. @returns the names applied */
export async function migrateUp(url: string, to?: string): Promise<string[]> {
  return locked(url, async (migrator) => (await migrator.up(to ? { to } : undefined)).map((m) => m.name));
}

/** Reverts the last migration, or every one after `to`. @returns the names reverted */
export async function migrateDown(url: string, to?: string): Promise<string[]> {
  return locked(url, async (migrator) => (await migrator.down(to ? { to } : undefined)).map((m) => m.name));
}

/** Names of the migrations that the database lacks. */
export async function pendingMigrations(url: string): Promise<string[]> {
  return locked(url, async (migrator) => (await migrator.getPending()).map((m) => m.name));
}
