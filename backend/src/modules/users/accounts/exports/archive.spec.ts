import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { DataFile } from '#platform/personal-data/index.js';
import { unzip } from '#test/zip.js';
import { archiveOf } from './archive.js';

const never = () => new AbortController().signal;
const file = (path: string, rows: () => AsyncIterable<object>): DataFile => ({ path, about: path, rows });
async function* list(...rows: object[]) {
  yield* rows;
}
async function bytesOf(archive: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('archiveOf', () => {
  it('holds a JSON array a file and the text that explains them', async () => {
    const files = [
      file('users/profile', () => list({ name: 'Ada “Byron” \u{1F9F5}' })),
      file('deals/uploads', () => list()),
      file('subscriptions/deliveries', () => list({ n: 1 }, { n: 2, text: 'x'.repeat(200_000) }, { n: 3 })),
    ];
    const zip = await unzip(await bytesOf(archiveOf(files, 'What is in here.', never())));
    expect([...zip.keys()]).toEqual([
      'README.txt',
      'users/profile.json',
      'deals/uploads.json',
      'subscriptions/deliveries.json',
    ]);
    expect(zip.get('README.txt')).toBe('What is in here.');
    expect(JSON.parse(zip.get('users/profile.json') ?? '')).toEqual([{ name: 'Ada “Byron” \u{1F9F5}' }]);
    expect(JSON.parse(zip.get('deals/uploads.json') ?? '')).toEqual([]);
    expect(JSON.parse(zip.get('subscriptions/deliveries.json') ?? '').map(({ n }: { n: number }) => n)).toEqual([
      1, 2, 3,
    ]);
  });

  it('asks for rows as fast as the archive is read, and for no more', async () => {
    let asked = 0;
    let ended = false;
    const endless = async function* () {
      try {
        for (;;) yield { n: ++asked, text: randomBytes(400).toString('base64') };
      } finally {
        ended = true;
      }
    };
    const archive = archiveOf([file('endless', endless), file('later', () => list())], '', never());
    await new Promise((resolve) => archive.once('readable', resolve));
    // Whatever a stream may hold ready: it comes to rest.
    for (let before = -1; before !== asked;) {
      before = asked;
      await sleep(200);
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(5_000);
    const held = asked;
    let taken = 0;
    for await (const chunk of archive as AsyncIterable<Buffer>) if ((taken += chunk.length) > 1_000_000) break;
    expect(asked).toBeGreaterThan(held);
    await sleep(50);
    expect(ended).toBe(true);
  });

  it('breaks off when a file cannot be read, or when it is told to', async () => {
    const broken = async function* () {
      yield { n: 1 };
      throw new Error('The database is away.');
    };
    await expect(bytesOf(archiveOf([file('broken', broken)], '', never()))).rejects.toThrow('The database is away.');
    const slow = async function* () {
      for (;;) {
        await sleep(5);
        yield { n: 1 };
      }
    };
    const stopping = new AbortController();
    const archive = archiveOf([file('slow', slow)], '', stopping.signal);
    setTimeout(() => stopping.abort(new Error('The process is stopping.')), 20);
    await expect(bytesOf(archive)).rejects.toThrow('The process is stopping.');
    const late = AbortSignal.abort(new Error('Too late.'));
    await expect(bytesOf(archiveOf([file('a', () => list())], '', late))).rejects.toThrow('Too late.');
  });
});
