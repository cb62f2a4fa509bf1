import pg from 'pg';
import { environment, readConfig } from '#platform/config/index.js';
import { DatabaseConfig } from '#platform/database/index.js';

const UNDEFINED_TABLE = '42P01';

/**
 * Runs a command's work on a connection of its own.
 *
 * @throws Error with a sentence when the database was never started with this version
 */
export async function connected<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const connectionString = readConfig(DatabaseConfig, environment()).url;
  const client = new pg.Client({ connectionString, application_name: 'signalbox command' });
  // A lost connection shows in the statement that runs.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } catch (error) {
    if ((error as { code?: string }).code !== UNDEFINED_TABLE) throw error;
    const sentence = 'This database is not of this version: start Signalbox on it once, then run this again.';
    throw new Error(sentence, { cause: error });
  } finally {
    await client.end();
  }
}

/** Runs work in one transaction of the connection. */
export async function inTransaction<T>(
  client: pg.Client,
  work: (sql: (text: string, values: unknown[]) => Promise<object[]>) => Promise<T>,
): Promise<T> {
  await client.query('begin');
  try {
    const result = await work(async (text, values) => (await client.query(text, values)).rows);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // The first error tells more.
    throw error;
  }
}
