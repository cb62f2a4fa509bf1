import { AsyncLocalStorage } from 'node:async_hooks';
import { Entity, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#test/harness.js';
import { ormDialect } from './dialect.js';
import {
  affected,
  afterCommit,
  beforeCommit,
  migrateDown,
  migrateUp,
  MikroORM,
  pendingMigrations,
  query,
  retryable,
  schemaDifferences,
  transient,
  Transactions,
  uniqueViolation,
} from './index.js';

@Entity({ tableName: 'database_sample' })
class Sample {
  @PrimaryKey({ type: 'integer' })
  id!: number;

  @Property({ type: 'text' })
  name!: string;
}

let database: TestDatabase;
let orm: MikroORM;
let transactions: Transactions;

async function names(): Promise<string[]> {
  const rows = await query<{ name: string }>(orm.em.fork(), 'select name from database_sample order by id');
  return rows.map((r) => r.name);
}

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await MikroORM.init({
    dbName: 'from the URL',
    driverOptions: ormDialect({ connectionString: database.url, max: 6 }, () => undefined),
    entities: [Sample],
    metadataProvider: ReflectMetadataProvider,
  });
  transactions = new Transactions(orm);
  await query(orm.em.fork(), 'create table database_sample (id int primary key, name text not null unique)');
});

afterAll(async () => {
  await orm.close();
  await database.drop();
});

describe('a transaction', () => {
  it('commits what was flushed and what was not', async () => {
    await transactions.run(async (em) => {
      em.create(Sample, { id: 1, name: 'one' });
      await query(em, 'insert into database_sample values ($1, $2)', [2, "it's $1; --"]);
    });
    expect(await names()).toEqual(['one', "it's $1; --"]);
  });

  it('leaves nothing behind when the work fails', async () => {
    const failing = transactions.run(async (em) => {
      await query(em, 'insert into database_sample values (3, $1)', ['three']);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await names()).not.toContain('three');
  });

  it('runs its hooks once a key: before the commit after the last flush, and after the commit', async () => {
    const key = {};
    const seen: string[] = [];
    await transactions.run(async (em) => {
      beforeCommit(em, key, async () => {
        seen.push(`before ${(await query(em, 'select from database_sample where id = 4')).length}`);
      });
      beforeCommit(em, key, async () => {
        seen.push(`before ${(await query(em, 'select from database_sample where id = 4')).length}`);
      });
      afterCommit(em, key, () => seen.push('after'));
      em.create(Sample, { id: 4, name: 'four' });
    });
    expect(seen).toEqual(['before 1', 'after']);
  });

  it("runs what follows the commit outside of the caller's asynchronous context", async () => {
    const caller = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await caller.run('a request', () =>
      transactions.run(async (em) => {
        afterCommit(em, {}, () => {
          seen.push(caller.getStore());
          queueMicrotask(() => seen.push(caller.getStore()));
        });
        seen.push(caller.getStore());
      }),
    );
    expect(seen).toEqual(['a request', undefined, undefined]);
  });

  it('skips what should follow a commit when there is none', async () => {
    let after = 0;
    const failing = transactions.run(async (em) => {
      afterCommit(em, {}, () => after++);
      beforeCommit(em, {}, () => Promise.reject(new Error('late')));
    });
    await expect(failing).rejects.toThrow('late');
    expect(after).toBe(0);
  });

  it('is needed by what registers hooks', () => {
    expect(() => beforeCommit(orm.em.fork(), {}, () => undefined)).toThrow('inside Transactions.run()');
  });

  it('is tried again after a deadlock', async () => {
    await query(orm.em.fork(), "insert into database_sample values (10, 'ten'), (11, 'eleven')");
    let waiting = 0;
    const both = new Promise<void>((resolve) => {
      const wait = setInterval(() => waiting >= 2 && (clearInterval(wait), resolve()), 1);
    });
    const swap = (first: number, second: number) =>
      transactions.run(async (em) => {
        await query(em, 'update database_sample set name = name where id = $1', [first]);
        waiting++;
        await both;
        await query(em, 'update database_sample set name = name where id = $1', [second]);
        return 'done';
      });
    expect(await Promise.all([swap(10, 11), swap(11, 10)])).toEqual(['done', 'done']);
    // PostgreSQL may choose both as victims.
    expect(waiting).toBeGreaterThanOrEqual(3);
  });

  it('counts affected rows', async () => {
    const count = await transactions.run((em) =>
      affected(em, 'update database_sample set name = name where id in (1, 2)'),
    );
    expect(count).toBe(2);
  });
});

describe('faults', () => {
  it('are told apart, and killed connections do not use up the pool', async () => {
    const twice = transactions.run((em) => query(em, "insert into database_sample values (1, 'again')"));
    const error: unknown = await twice.catch((e: unknown) => e);
    expect(uniqueViolation(error)).toBe('database_sample_pkey');
    expect([retryable(error), transient(error)]).toEqual([false, false]);
    const ends = transactions.run((em) => query(em, 'select pg_terminate_backend(pg_backend_pid())'));
    const lost: unknown = await ends.catch((e: unknown) => e);
    expect([retryable(lost), transient(lost), uniqueViolation(lost)]).toEqual([false, true, undefined]);
    for (let i = 0; i < 10; i++) {
      const killed = transactions.run((em) => query(em, 'select pg_terminate_backend(pg_backend_pid())'));
      await expect(killed).rejects.toThrow();
    }
    expect(await names()).toContain('one');
    const nobody = new pg.Client({ host: '127.0.0.1', port: 1 });
    expect(transient(await nobody.connect().catch((e: unknown) => e))).toBe(true);
  });
});

describe('migrations', () => {
  it('go all the way down and up again, by several processes at once', async () => {
    const scratch = await createTestDatabase();
    const down = await migrateDown(scratch.url, '0');
    expect(down.length).toBeGreaterThan(3);
    expect(await pendingMigrations(scratch.url)).toHaveLength(down.length);
    const applied = await Promise.all([migrateUp(scratch.url), migrateUp(scratch.url), migrateUp(scratch.url)]);
    expect(applied.flat()).toHaveLength(down.length);
    expect(await pendingMigrations(scratch.url)).toEqual([]);
    await scratch.drop();
  });

  it('are compared with the entities', async () => {
    expect(await schemaDifferences(orm)).toEqual([]);
    await query(orm.em.fork(), 'alter table database_sample alter name drop not null');
    expect(await schemaDifferences(orm)).toEqual(['database_sample.name may be null, which Sample contradicts.']);
    await query(orm.em.fork(), 'alter table database_sample alter name type varchar(99)');
    expect(await schemaDifferences(orm)).toEqual([
      'database_sample.name is character varying in the database and text in Sample.',
    ]);
    await query(orm.em.fork(), 'alter table database_sample drop name');
    expect(await schemaDifferences(orm)).toEqual([
      'database_sample.name is mapped by Sample but no migration makes it.',
    ]);
  });
});
