import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { type KeyRing, Signatures } from '#platform/crypto/index.js';
import type { MailConfig } from './mail.config.js';
import { ReturnPaths } from './return-paths.js';

const DAY = 86_400_000;

/** A ring of keys, the last of which is the newest. */
function ringOf(...ids: string[]): KeyRing {
  const keys = ids.map((id) => ({ id, key: Buffer.from(id.padEnd(32, '.')) }));
  const get = (id: string) => keys.find((key) => key.id === id)!;
  return {
    current: () => keys.at(-1)!,
    get,
    has: (id: string) => keys.some((key) => key.id === id),
    all: () => keys,
  } as unknown as KeyRing;
}

function paths(bounceAddress: string | undefined = 'bounces@b.example.com', ring = ringOf('one')): ReturnPaths {
  return new ReturnPaths({ bounceAddress } as MailConfig, new Signatures(ring), ring);
}

describe('the addresses that mail comes back to', () => {
  const id = uuidv7();
  const made = paths().of('ada@example.org', `<${id}@example.com>`)!;

  it('name the mail, and were made for its recipient alone, in letters of either case', () => {
    expect(made).toMatch(/^bounces\+[a-z2-7]{45}@b\.example\.com$/);
    expect(made.split('@')[0]!.length).toBeLessThanOrEqual(64);
    const read = paths().read(made.toUpperCase())!;
    expect(read.messageId).toBe(id);
    expect(paths().isOf(read, 'Ada@Example.ORG')).toBe(true);
    expect(paths().isOf(read, 'eve@example.org')).toBe(false);
  });

  it('are not there without a setting', () => {
    const none = new ReturnPaths({} as MailConfig, new Signatures(ringOf('one')), ringOf('one'));
    expect([none.of('ada@example.org', '<a@b>'), none.read(made)]).toEqual([undefined, undefined]);
  });

  it('count for twelve days', () => {
    expect(paths().read(made, Date.now() + 12 * DAY)).toBeDefined();
    expect(paths().read(made, Date.now() + 14 * DAY)).toBeUndefined();
    expect(paths().read(made, Date.now() - 2 * DAY)).toBeUndefined();
  });

  it('count after the master key has changed, and not under the key of another instance', () => {
    const read = paths().read(made)!;
    expect(paths(undefined, ringOf('one', 'two')).isOf(read, 'ada@example.org')).toBe(true);
    expect(paths(undefined, ringOf('two')).isOf(read, 'ada@example.org')).toBe(false);
  });

  it('do not survive the change of a single letter', () => {
    const start = made.indexOf('+') + 1;
    for (let at = start; at < start + 45; at++) {
      const letter = made[at] === 'a' ? 'b' : 'a';
      const read = paths().read(`${made.slice(0, at)}${letter}${made.slice(at + 1)}`);
      expect(read !== undefined && paths().isOf(read, 'ada@example.org')).toBe(false);
    }
  });

  it.each([
    'bounces@b.example.com',
    'bounces+@b.example.com',
    'bounces+x@b.example.com',
    'x',
    '',
    '@',
    made.replace('b.example', 'c.example'),
    made.replace('bounces', 'bounce'),
  ])('are not read from %p', (address) => expect(paths().read(address)).toBeUndefined());

  it('are read from nothing else, and nothing throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `bounces+${text}@b.example.com`),
        ),
        (address) => {
          const read = paths().read(address);
          expect(read !== undefined && paths().isOf(read, 'ada@example.org')).toBe(false);
        },
      ),
    );
  });
});
