// npm run migrate -- up [NAME] | down [NAME] | list | check
import 'reflect-metadata';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MetadataStorage } from '@mikro-orm/core';
import { AppModule } from '../app.module.js';
import { environment, readConfig } from '#platform/config/index.js';
import {
  DatabaseConfig,
  migrateDown,
  migrateUp,
  MikroORM,
  pendingMigrations,
  schemaDifferences,
} from '#platform/database/index.js';

const { url } = readConfig(DatabaseConfig, environment());

/** Every class with @Entity that the application has loaded. */
function entities(): (new () => object)[] {
  if (!AppModule) throw new Error('The application is not loaded.');
  const known = Object.values(MetadataStorage.getMetadata());
  return [...new Set(known.map((meta) => meta.class).filter(Boolean))] as unknown as (new () => object)[];
}

async function check(): Promise<number> {
  const pending = await pendingMigrations(url);
  if (pending.length > 0) return say(1, `Not applied: ${pending.join(', ')}. Run "npm run migrate -- up" first.`);
  const orm = await MikroORM.init({
    dbName: 'from the URL',
    driverOptions: { connectionString: url },
    entities: entities(),
    metadataProvider: ReflectMetadataProvider,
    discovery: { warnWhenNoEntities: false },
  });
  try {
    const faults = await schemaDifferences(orm);
    return faults.length > 0 ? say(1, ...faults) : say(0, 'Entities and migrations agree.');
  } finally {
    await orm.close();
  }
}

function say(code: number, ...lines: string[]): number {
  for (const line of lines) console.log(line);
  return code;
}

const [verb, name] = process.argv.slice(2);
switch (verb) {
  case 'up':
    say(0, ...(await migrateUp(url, name)).map((n) => `Applied ${n}`), 'The database is up to date.');
    break;
  case 'down':
    say(0, ...(await migrateDown(url, name)).map((n) => `Reverted ${n}`));
    break;
  case 'list':
    say(0, ...(await pendingMigrations(url)).map((n) => `Pending ${n}`), 'Nothing else is pending.');
    break;
  case 'check':
    process.exitCode = await check();
    break;
  default:
    process.exitCode = say(2, 'Say what to do: up [NAME], down [NAME], list or check.');
}
