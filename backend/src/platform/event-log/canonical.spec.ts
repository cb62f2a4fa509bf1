import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, unstorableText } from './canonical.js';
import { chainHash, dataDigest, salts, type ChainedColumns } from './chain.js';

/** The same value with every object's keys in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('canonical JSON', () => {
  it('does not depend on the order of keys, and says the same as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('sorts by code units, leaves out undefined, keeps lists in order', () => {
    expect(canonicalJson({ b: [2, 1], a: undefined, é: 1, Z: { y: null, x: 'ü' } })).toBe(
      '{"Z":{"x":"ü","y":null},"b":[2,1],"é":1}',
    );
  });
});

describe('text that cannot be stored', () => {
  const at = (value: unknown) => unstorableText(value, JSON.stringify(value));

  it('is found with its path', () => {
    expect(at({ a: [{ b: 'x\0' }] })).toBe('data.a.0.b');
    expect(at({ a: '\ud800' })).toBe('data.a');
    expect(at({ '\udc00': 1 })).toBe('data (a key)');
  });

  it('is not seen in whole pairs or in text that looks like an escape', () => {
    expect(at({ a: '✈️😀', b: '\\u0000', c: '\\ud800' })).toBeUndefined();
  });
});

describe('the chain', () => {
  const event: ChainedColumns = {
    id: 'i',
    workspace_id: 'w',
    scope_kind: 'workspace',
    scope_id: null,
    type: 't',
    version: 1,
    subject_type: 's',
    subject_id: 'x',
    actor: '{"kind": "system"}',
    occurred_us: '1',
  };
  const data = Buffer.alloc(32);
  const of = (
    change: Partial<ChainedColumns> = {},
    position = 1,
    address: Buffer | null = null,
    previous: Buffer | null = null,
  ) => chainHash(position, { ...event, ...change }, address, data, previous).toString('hex');

  it('depends on every column, on the position and on what came before', () => {
    const changes = Object.keys(event).map((key) =>
      of({ [key]: key === 'actor' ? '{"kind": "user"}' : key === 'version' ? 2 : 'other' }),
    );
    const others = [of({}, 2), of({}, 1, Buffer.alloc(32)), of({}, 1, null, Buffer.alloc(32))];
    expect(new Set([of(), ...changes, ...others]).size).toBe(1 + changes.length + others.length);
  });

  it('does not depend on how the actor is written', () => {
    expect(of({ actor: '{"kind":"system"}' })).toBe(of());
  });

  it('hides equal data behind different salts', () => {
    const [a, b] = salts(2) as [Buffer, Buffer];
    expect(dataDigest(a, '{"x": 1}')).toEqual(dataDigest(a, '{"x":1}'));
    expect(dataDigest(a, '{"x": 1}')).not.toEqual(dataDigest(b, '{"x": 1}'));
  });
});
