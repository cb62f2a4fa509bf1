import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText, Fuzzed } from './testing/fuzz.js';

it('reads any text or refuses it inside the text, and answers alike by every way', () => {
  const fuzzed = new Fuzzed();
  fc.assert(
    fc.property(anyText, (text) => fuzzed.take(text)),
    { numRuns: 3_000 },
  );
  expect(fuzzed.understood).toBeGreaterThan(300);
});
