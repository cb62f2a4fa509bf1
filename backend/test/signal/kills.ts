// The power cut: kill -9 at random instants while mails pour in.
import { expect } from '@jest/globals';
import { expectSettled } from './ledger.js';
import { pour } from './mail-pour.js';
import { MATCHING, World } from './world.js';

const LONGEST_LIFE_MS = 1500;

/**
 * Kills the application so many times at random instants while mails pour in, starts it again each time, and checks that
 * every accepted mail went all the way exactly once.
 */
export async function survivesKills(kills: number): Promise<void> {
  const world = await World.create();
  try {
    const poured = pour(world.app.smtpPort, world.address);
    for (let i = 0; i < kills; i++) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
      await world.killApp();
    }
    const mails = await poured.finish();
    expect(mails).toBeGreaterThan(kills);
    await expectSettled(world.databaseUrl, world.sink, mails, MATCHING);
  } finally {
    await world.dispose();
  }
}
