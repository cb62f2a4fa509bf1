import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { InstanceConfig } from '#platform/config/index.js';
import { Spool, SpoolFailed } from './spool.js';

const dir = mkdtempSync(join(tmpdir(), 'signalbox-spool-'));
const spool = new Spool({ dataDir: dir } as InstanceConfig);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
async function* pieces(of: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < of.length; at += size) yield of.subarray(at, at + size);
}
/** Files without a name that this process holds open in the folder. */
const openFiles = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(join(dir, 'spool'));
    } catch (error) {
      // The one that lists the folder is gone by now.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }).length;

describe('bytes that come in', () => {
  let read: number;
  beforeEach(() => {
    read = 0;
  });
  async function* counted(of: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of of) {
      read += piece.length;
      yield piece;
    }
  }

  it.each([
    ['memory', 1_000_000, 7, 0],
    ['memory, to the last byte', 300_000, 4096, 0],
    ['a file', 299_999, 1000, 1],
    ['a file, in one piece', 20_000, 300_000, 1],
    ['a file, a little at a time', 1000, 9999, 1],
  ])('are the same out of %s', async (_, memory, size, files) => {
    const spooled = await spool.take(pieces(bytes, size), { memory });
    expect(openFiles()).toBe(files);
    expect([spooled.size, spooled.tooLarge]).toEqual([300_000, false]);
    expect(await spooled.whole(async (whole) => whole.equals(bytes))).toBe(true);
    const again: Buffer[] = [];
    for await (const piece of spooled.pieces()) again.push(piece);
    expect(Buffer.concat(again).equals(bytes)).toBe(true);
    await spooled.discard();
    expect(openFiles()).toBe(0);
  });

  it('are few or none', async () => {
    for (const few of [Buffer.alloc(0), Buffer.from('x')]) {
      const spooled = await spool.take(pieces(few, 10), { memory: 100 });
      expect(await spooled.whole(async (whole) => whole.toString())).toBe(few.toString());
      await spooled.discard();
    }
  });

  it('are read to the end and dropped when they are too many', async () => {
    const spooled = await spool.take(counted(pieces(bytes, 1000)), { memory: 5000, limit: 299_999 });
    expect([spooled.size, spooled.tooLarge, read]).toEqual([300_000, true, 300_000]);
    expect(openFiles()).toBe(0);
    await spooled.discard();
    const fits = await spool.take(pieces(bytes, 1000), { memory: 5000, limit: 300_000 });
    expect(fits.tooLarge).toBe(false);
    await fits.discard();
  });

  it('leave nothing behind when they break off', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield bytes;
      throw new Error('The sender is gone.');
    }
    await expect(spool.take(broken(), { memory: 1000 })).rejects.toThrow('The sender is gone.');
    expect(openFiles()).toBe(0);
    expect(readdirSync(join(dir, 'spool'))).toEqual([]);
  });

  it('are read to the end when they cannot be put aside, and the fault is told', async () => {
    const blocked = join(dir, 'blocked');
    writeFileSync(blocked, 'a file where a folder should be');
    const full = new Spool({ dataDir: blocked } as InstanceConfig);
    await expect(full.take(counted(pieces(bytes, 1000)), { memory: 1000 })).rejects.toBeInstanceOf(SpoolFailed);
    expect(read).toBe(300_000);
    const small = await full.take(pieces(bytes.subarray(0, 1000), 100), { memory: 1000 });
    expect(small.size).toBe(1000);
  });

  it('are whole in memory for two at once only, whatever becomes of the others', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => spool.take(pieces(bytes, 9000), { memory: 1000 })));
    let [now, most] = [0, 0];
    const outcomes = await Promise.allSettled(
      all.map((spooled, i) =>
        spooled.whole(async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 5));
          now--;
          if (i === 1) throw new Error('This one fails.');
        }),
      ),
    );
    expect(most).toBe(2);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await Promise.all(all.map((spooled) => spooled.discard()));
  });
});
