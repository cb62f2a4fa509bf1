import { describe, it } from '@jest/globals';
import { eachInAWorld, survives } from './faults.js';

eachInAWorld();

// The others are in the long run.
describe('nothing is lost or doubled', () => {
  it('when PostgreSQL restarts', () => survives((world) => world.restartPostgres()), 120_000);

  it('when Redis restarts empty', () => survives((world) => world.restartRedis(true)), 120_000);
});
