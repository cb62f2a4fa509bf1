import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitMbox, type MboxPart } from './split-mbox.js';

async function* chunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function split(text: string, size = 7, limit = 1000): Promise<string[]> {
  const parts: MboxPart[] = [];
  for await (const part of splitMbox(chunks(text, size), limit)) parts.push(part);
  return parts.map((part) => ('raw' in part ? part.raw.toString() : 'too large'));
}
const FROM = 'From a@b.example Fri Nov 20 10:00:00 2026\n';

describe('an mbox', () => {
  it('is cut at its From lines, which are not part of a message', async () => {
    expect(await split(`${FROM}Subject: 1\n\none\n\n${FROM}Subject: 2\n\ntwo\n`)).toEqual([
      'Subject: 1\n\none\n\n',
      'Subject: 2\n\ntwo\n',
    ]);
  });

  it('keeps a From inside a message, and unquotes a quoted one by one level', async () => {
    expect(await split(`${FROM}S: 1\n\nFrom here to there in 2026 it is far\n>From x\n>>From y\n`)).toEqual([
      'S: 1\n\nFrom here to there in 2026 it is far\n>From x\n>>From y\n'
        .replace('>From x', 'From x')
        .replace('>>From y', '>From y'),
    ]);
  });

  it('tells of a message that is too large, and goes on with the next', async () => {
    expect(await split(`${FROM}${'x'.repeat(3000)}\n\n${FROM}S: 2\n\nok\n`)).toEqual(['too large', 'S: 2\n\nok\n']);
  });

  it('of millions of empty lines takes no more memory than a few times its size', async () => {
    const size = 2_000_000;
    async function* lines(): AsyncGenerator<Buffer> {
      yield Buffer.from(FROM);
      for (let left = size; left > 0; left -= 50_000) yield Buffer.alloc(50_000, '\n');
    }
    let most = 0;
    const before = process.memoryUsage().heapUsed;
    const watched = async function* () {
      for await (const chunk of lines()) {
        most = Math.max(most, process.memoryUsage().heapUsed - before);
        yield chunk;
      }
    };
    const parts: MboxPart[] = [];
    for await (const part of splitMbox(watched(), size)) parts.push(part);
    expect(parts).toHaveLength(1);
    expect('raw' in parts[0]! && parts[0].raw.length).toBe(size);
    // An object a line would be some 280 MB.
    expect(most).toBeLessThan(150_000_000);
  }, 60_000);

  it('is nothing without a From line', async () => {
    expect(await split('')).toEqual([]);
    expect(await split('Subject: x\n\nno mbox\n')).toEqual([]);
  });

  it('comes out the same however it is cut into chunks', async () => {
    const text = `${FROM}Subject: 1\r\n\r\none\r\n\r\n${FROM}Subject: 2\n\n>From two\n`;
    const whole = await split(text, 10_000);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (size) => expect(await split(text, size)).toEqual(whole)),
    );
  });
});
