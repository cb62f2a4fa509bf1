import { describe, it } from '@jest/globals';
import { eachInAWorld, onDatabase, pause, survives } from './faults.js';
import type { World } from './world.js';

eachInAWorld();

describe('nothing is lost or doubled', () => {
  it('when connections are killed again and again', () => {
    const fault = (world: World) =>
      onDatabase(world, async (client) => {
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
    const fault = (world: World) =>
      onDatabase(world, async (client) => {
        await client.query('begin');
        await client.query('lock table message, deal, delivery, job in access exclusive mode');
        await pause(4000);
        await client.query('rollback');
      });
    return survives(fault);
  }, 120_000);

  it('when Redis restarts', () => survives((world) => world.restartRedis(false)), 120_000);

  it('when the mail server is away for a while', () => {
    const fault = async (world: World) => {
      await world.sink.away();
      await pause(3000);
      await world.sink.back();
    };
    return survives(fault);
  }, 120_000);
});
