import { describe, expect, it } from '@jest/globals';
import { Source } from './source.entity.js';

describe('a source that receives mail', () => {
  it('has an address that nobody guesses', () => {
    const addresses = Array.from({ length: 200 }, () => Source.open('w', 'smtp', 'Deals', {}).address ?? '');
    expect(new Set(addresses).size).toBe(200);
    for (const address of addresses) expect(address).toMatch(/^[a-hjkmnp-z2-9]{26}$/);
    expect(Math.log2(new Set(addresses.join('')).size) * 26).toBeGreaterThan(128);
  });
});
