import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { KeyRing, KeyRingError, Secrets, SecretUnreadable, Signatures } from './index.js';
import { makeFirstKey } from './key-file.js';

let dir: string;
const file = () => join(dir, 'keys', 'master-keys.json');

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signalbox-keys-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('the key ring', () => {
  it('makes the first key, for its owner alone', () => {
    KeyRing.open(dir);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('keeps one first key when another process was faster between the look and the link', () => {
    const winner = KeyRing.open(dir).current();
    // What the slower process does: it saw no file, and links its own.
    makeFirstKey(file());
    expect(KeyRing.open(dir).current()).toEqual(winner);
    expect(readdirSync(join(dir, 'keys'))).toEqual(['master-keys.json']);
  });

  it('refuses a file that others can read', () => {
    KeyRing.open(dir);
    chmodSync(file(), 0o644);
    expect(() => KeyRing.open(dir)).toThrow('run "chmod 600"');
  });

  it.each(['', '{}', '{"current":"a","keys":[]}', '{"current":"a","keys":[{"id":"a","key":"c2hvcnQ="}]}'])(
    'says what to do about a damaged file: %s',
    (text) => {
      KeyRing.open(dir);
      writeFileSync(file(), text);
      expect(() => KeyRing.open(dir)).toThrow(KeyRingError);
      expect(() => KeyRing.open(dir)).toThrow('restore it from a backup');
    },
  );
});

describe('a ring that is in use', () => {
  it('knows a key that another process made: at once when it is asked for, within a second to seal', async () => {
    const running = KeyRing.open(dir);
    const old = running.current().id;
    const made = KeyRing.open(dir).rotate();
    const sealed = new Secrets(KeyRing.open(dir)).seal('from elsewhere', 'c');
    expect(new Secrets(running).open(sealed, 'c')).toBe('from elsewhere');
    const other = KeyRing.open(dir).rotate();
    while (running.current().id !== other.id) await new Promise((resolve) => setTimeout(resolve, 10));
    expect([old, made.id, other.id].every((id) => running.has(id))).toBe(true);
    expect(running.has('unknown')).toBe(false);
  });

  it('adds to the keys that are in the file, not to those it once read', () => {
    const [a, b] = [KeyRing.open(dir), KeyRing.open(dir)];
    const first = a.rotate().id;
    const second = b.rotate().id;
    expect(
      KeyRing.open(dir)
        .all()
        .map(({ id }) => id),
    ).toEqual(expect.arrayContaining([first, second]));
  });

  const spoil: [string, () => void, string][] = [
    ['is lost', () => rmSync(file()), 'is missing'],
    ['is damaged', () => writeFileSync(file(), '{}'), 'is damaged'],
    ['can be read by others', () => chmodSync(file(), 0o644), 'Other users can read'],
  ];
  it.each(spoil)('goes on with what it knows while the file %s, and says so', async (_, change, sentence) => {
    Logger.overrideLogger(false);
    const running = new Secrets(KeyRing.open(dir));
    const ring = KeyRing.open(dir);
    const sealed = running.seal('kept', 'c');
    const saved = readFileSync(file());
    change();
    while (ring.fault === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ring.fault).toContain(sentence);
    expect(new Secrets(ring).open(sealed, 'c')).toBe('kept');
    expect(new Secrets(ring).open(new Secrets(ring).seal('more', 'c'), 'c')).toBe('more');
    rmSync(file(), { force: true });
    writeFileSync(file(), saved, { mode: 0o600 });
    while (ring.fault !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

describe('sealed secrets', () => {
  it('opens what it sealed, in its own context only', () => {
    const secrets = new Secrets(KeyRing.open(dir));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        const sealed = secrets.seal(text, context);
        expect(secrets.open(sealed, context)).toBe(text);
        expect(() => secrets.open(sealed, `${context}x`)).toThrow(SecretUnreadable);
      }),
    );
  });

  it('never seals the same text twice alike, and shows none of it', () => {
    const secrets = new Secrets(KeyRing.open(dir));
    const [a, b] = [secrets.seal('correct horse', 'c'), secrets.seal('correct horse', 'c')];
    expect(a).not.toBe(b);
    expect(Buffer.from(a.split('.')[3] ?? '', 'base64url').includes('horse')).toBe(false);
  });

  it('notices any altered character', () => {
    const secrets = new Secrets(KeyRing.open(dir));
    const sealed = secrets.seal('text', 'c');
    for (const at of [5, 20, 40, sealed.length - 3]) {
      const altered = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
      expect(() => secrets.open(altered, 'c')).toThrow();
    }
    expect(() => secrets.open('plain', 'c')).toThrow(SecretUnreadable);
  });

  it('reads old and new after a rotation and a restart', () => {
    const ring = KeyRing.open(dir);
    const before = new Secrets(ring).seal('old', 'c');
    ring.rotate();
    const secrets = new Secrets(KeyRing.open(dir));
    const after = secrets.seal('new', 'c');
    expect([secrets.open(before, 'c'), secrets.open(after, 'c')]).toEqual(['old', 'new']);
    expect([secrets.stale(before), secrets.stale(after)]).toEqual([true, false]);
  });

  it('names a lost key', () => {
    const sealed = new Secrets(KeyRing.open(dir)).seal('x', 'c');
    rmSync(file());
    expect(() => new Secrets(KeyRing.open(dir)).open(sealed, 'c')).toThrow(/master key "\w+" is missing .*put it back/);
    expect(readFileSync(file(), 'utf8')).toContain('current');
  });
});

describe('signatures', () => {
  it('verifies its own, for the same purpose and text only, across a rotation', () => {
    const ring = KeyRing.open(dir);
    const signature = new Signatures(ring).sign('cursor', 'text');
    ring.rotate();
    const signatures = new Signatures(ring);
    expect(signatures.verify('cursor', 'text', signature)).toBe(true);
    expect(signatures.verify('cursor', 'texts', signature)).toBe(false);
    expect(signatures.verify('unsubscribe', 'text', signature)).toBe(false);
    for (const bad of ['', '.', 'nokey.AAAA', `${signature}A`, signature.slice(0, -4)])
      expect(signatures.verify('cursor', 'text', bad)).toBe(false);
  });
});
