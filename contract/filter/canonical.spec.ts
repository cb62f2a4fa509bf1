import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical, compile, dealFields, parse, print } from './index.js';
import { dealFilters, deals, someNow, someRates } from './testing/arbitraries.js';
import { evaluate, evaluateTree } from './testing/naive.js';
import { fewPlaces } from './testing/places.js';

const owner = { zone: 'Asia/Tokyo', currency: 'USD', places: fewPlaces };

describe('canonical', () => {
  it.each([
    ['b a', 'a b'],
    ['a a', 'a'],
    ['(a (b (c)))', 'a b c'],
    ['a or (b or c)', 'a or b or c'],
    ['--a', 'a'],
    ['not not not a', '-a'],
    ['To:nyc', 'destination:nyc'],
    ['cabin!=first', '-cabin=first'],
    ['-cabin!=first', 'cabin=first'],
    ['cabin:first,economy,first', 'cabin:economy,first'],
    ['was.TO:nyc', 'was.destination:nyc'],
    ['', ''],
  ])('of %j is %j', (text, expected) => {
    expect(print(canonical(parse(text), dealFields))).toBe(expected);
  });

  it('is its own canonical form, parses again, and means the same', () => {
    fc.assert(
      fc.property(dealFilters, fc.array(deals, { minLength: 5, maxLength: 5 }), (text, subjects) => {
        const tree = canonical(parse(text), dealFields);
        const printed = print(tree);
        expect(print(canonical(parse(printed), dealFields))).toBe(printed);
        const moment = { now: someNow.getTime(), rates: someRates };
        for (const subject of subjects) {
          expect(evaluate(compile(printed, dealFields, owner), subject, moment)).toBe(
            evaluateTree(parse(text), dealFields, owner)(subject, moment),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
