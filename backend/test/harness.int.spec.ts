import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createEmptyDatabase, createTestDatabase, redisUrl, type TestDatabase } from '#test/harness.js';

let databases: TestDatabase[];

beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase(), createEmptyDatabase()]);
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
});

/** Runs one statement on a database and gives its rows. */
async function rows(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const TABLES = `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;

describe('a test database', () => {
  it('is migrated, and an empty one is not', async () => {
    const [first, , empty] = databases;
    expect(await rows(first!.url, TABLES)).toContainEqual({ name: 'schema_migration' });
    expect(await rows(empty!.url, TABLES)).toEqual([]);
  });

  it('is not shared with another', async () => {
    const [first, second] = databases;
    await rows(first!.url, 'create table mine (id int)');
    expect(await rows(first!.url, TABLES)).toContainEqual({ name: 'mine' });
    expect(await rows(second!.url, TABLES)).not.toContainEqual({ name: 'mine' });
  });

  it('is gone after the drop, open connections or not', async () => {
    const database = await createEmptyDatabase();
    const client = new pg.Client({ connectionString: database.url });
    const ended = new Promise((settle) => client.on('error', settle));
    await client.connect();
    await database.drop();
    await ended;
    await expect(rows(database.url, 'select 1')).rejects.toThrow(/does not exist/);
  });

  it('belongs to a role that is no superuser', async () => {
    const [first] = databases;
    expect(await rows(first!.url, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([
      { rolsuper: false },
    ]);
  });
});

describe('redisUrl', () => {
  it('gives a prefix of its own at every call', () => {
    expect(redisUrl('a').prefix).not.toBe(redisUrl('a').prefix);
    expect(redisUrl('a').url).toMatch(/^unix:\/\//);
  });
});
