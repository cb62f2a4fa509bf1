import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText, Fuzzed } from './testing/fuzz.js';

/** SIGNALBOX_FUZZ_MINUTES=60 fuzzes for an hour; half a minute without. */
const minutes = Number(process.env.SIGNALBOX_FUZZ_MINUTES ?? 0.5);

it(
  `reads any text or refuses it inside the text, for ${minutes} minutes`,
  () => {
    const until = Date.now() + minutes * 60_000;
    let understood = 0;
    do {
      const fuzzed = new Fuzzed();
      // A failure prints the seed with which it happens again.
      fc.assert(
        fc.property(anyText, (text) => fuzzed.take(text)),
        { numRuns: 10_000 },
      );
      understood += fuzzed.understood;
    } while (Date.now() < until);
    expect(understood).toBeGreaterThan(1_000);
  },
  (minutes + 5) * 60_000,
);
