// Breaks one thing while mails pour in, and checks that each of them went all the way once.
import { afterEach, beforeEach, expect } from '@jest/globals';
import pg from 'pg';
import { expectSettled } from './ledger.js';
import { pour } from './mail-pour.js';
import { MATCHING, World } from './world.js';

let world: World;

/** A world for each test of the spec that calls it. */
export function eachInAWorld(): void {
  beforeEach(async () => {
    world = await World.create();
  }, 60_000);
  afterEach(() => world.dispose(), 60_000);
}

/** Some milliseconds. */
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Pours mails, breaks something, and checks that all of them went all the way once, in the same process. */
export async function survives(fault: (world: World) => Promise<void>): Promise<void> {
  const poured = pour(world.app.smtpPort, world.address);
  await pause(500);
  await fault(world);
  await pause(1000);
  const mails = await poured.finish();
  await expectSettled(world.databaseUrl, world.sink, mails, MATCHING);
  expect(await world.app.stop()).toBe(0);
}

/** Does something on a connection of its own. */
export async function onDatabase({ databaseUrl }: World, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
