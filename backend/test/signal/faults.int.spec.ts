import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { expectSettled } from './ledger.js';
import { pour } from './mail-pour.js';
import { MATCHING, World } from './world.js';

let world: World;

beforeEach(async () => {
  world = await World.create();
}, 60_000);
afterEach(() => world.dispose(), 60_000);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Pours mails, breaks something, and checks that all of them went all the way once, in the same process. */
async function survives(fault: () => Promise<void>): Promise<void> {
  const poured = pour(world.app.smtpPort, world.address);
  await pause(500);
  await fault();
  await pause(1000);
  const mails = await poured.finish();
  await expectSettled(world.databaseUrl, world.sink, mails, MATCHING);
  expect(await world.app.stop()).toBe(0);
}

async function onDatabase(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

describe('nothing is lost or doubled', () => {
  it('when PostgreSQL restarts', () => survives(() => world.restartPostgres()), 120_000);

  it('when connections are killed again and again', () => {
    const fault = () =>
      onDatabase(async (client) => {
        for (let i = 0; i < 10; i++) {
          await client.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
          );
          await pause(150);
        }
      });
    return survives(fault);
  }, 120_000);

  it('when the pool is exhausted', () => {
    // Every table that a writer needs is locked: all connections of the pool wait, and requests with them.
    const fault = () =>
      onDatabase(async (client) => {
        await client.query('begin');
        await client.query('lock table message, deal, delivery, job in access exclusive mode');
        await pause(4000);
        await client.query('rollback');
      });
    return survives(fault);
  }, 120_000);

  it('when Redis restarts', () => survives(() => world.restartRedis(false)), 120_000);

  it('when Redis restarts empty', () => survives(() => world.restartRedis(true)), 120_000);

  it('when the mail server is away for a while', () => {
    const fault = async () => {
      await world.sink.away();
      await pause(3000);
      await world.sink.back();
    };
    return survives(fault);
  }, 120_000);
});
