import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { KeyRing, Secrets } from '#platform/crypto/index.js';
import { Reads, Transactions } from '#platform/database/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { VapidKeys } from './vapid-keys.js';

let started: TestApplication;

beforeAll(async () => {
  started = await startApplication([]);
});
afterAll(() => started.close());

/** What another process of the instance has. */
function keys(secrets = started.app.get(Secrets)): VapidKeys {
  return new VapidKeys(started.app.get(Reads), started.app.get(Transactions), secrets);
}
const rows = () => started.rows<{ private_key: string }>('select private_key from vapid_key');

describe('the keys of push messages', () => {
  it('are one pair, made by one of many processes that start at once, and kept sealed', async () => {
    const seal = jest.spyOn(started.app.get(Secrets), 'seal');
    const several = Array.from({ length: 4 }, () => keys());
    const lock = { sql: 'lock table vapid_key in access exclusive mode', until: several.length };
    await started.race(lock, () => Promise.all(several.map((one) => one.onApplicationBootstrap())));
    expect(seal).toHaveBeenCalledTimes(1);
    seal.mockRestore();
    const pairs = await Promise.all(several.map((one) => one.pair()));
    expect(new Set(pairs.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(new Set(pairs.map(({ privateKey }) => privateKey)).size).toBe(1);
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row!.private_key).not.toContain(pairs[0]!.privateKey);
    expect(Buffer.from(pairs[0]!.publicKey, 'base64url')).toHaveLength(65);
  });

  it('stay the same after a start, and are sealed anew once the master key has changed', async () => {
    const before = await keys().pair();
    const [sealed] = await rows();
    await keys().onApplicationBootstrap();
    expect(await rows()).toEqual([sealed]);
    started.app.get(KeyRing).rotate();
    await keys().onApplicationBootstrap();
    expect((await rows())[0]!.private_key).not.toBe(sealed!.private_key);
    expect(await keys().pair()).toEqual(before);
  });

  it('are made anew when they cannot be opened any more', async () => {
    const before = await keys().pair();
    await started.rows(`update vapid_key set private_key = 's1.lost.AAAA.AAAA' returning 1`);
    await keys().onApplicationBootstrap();
    const after = await keys().pair();
    expect(after.publicKey).not.toBe(before.publicKey);
    expect(await keys().publicKey()).toBe(after.publicKey);
  });
});
