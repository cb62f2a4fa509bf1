import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyRing, KeyRingError, Secrets, SecretUnreadable, Signatures } from './index.js';

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
    (KeyRing as unknown as { first(path: string): void }).first(file());
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
    expect(() => new Secrets(KeyRing.open(dir)).open(sealed, 'c')).toThrow(/master key "\w+" is missing .*restore/);
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
