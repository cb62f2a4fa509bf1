import { describe, expect, it } from '@jest/globals';
import { Passkey } from './passkey.entity.js';

const passkey = (counter: number) =>
  Passkey.of('018f0000-0000-7000-8000-000000000001', 'Laptop', {
    credentialId: 'abc',
    publicKey: new Uint8Array([1]),
    counter,
    transports: [],
    synced: false,
  });

describe('a passkey', () => {
  it.each([
    [0, [0, 0, 0], [true, true, true]],
    [0, [1, 2, 7], [true, true, true]],
    [5, [6], [true]],
    [5, [5], [false]],
    [5, [4], [false]],
    [5, [0], [false]],
  ])('that counted to %i and reports %j is taken: %j', (before, reported, taken) => {
    const key = passkey(before);
    expect(reported.map((counter) => key.use(counter))).toEqual(taken);
    expect(key.suspendedAt === null).toBe(taken.every(Boolean));
    expect(key.counter).toBe(taken.every(Boolean) ? reported.at(-1) : before);
  });

  it('has a name that can change', () => {
    const key = passkey(0);
    expect([key.rename('Laptop'), key.rename('Phone'), key.name]).toEqual([false, true, 'Phone']);
  });
});
