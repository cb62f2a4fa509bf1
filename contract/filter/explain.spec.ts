import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compile, dealFields, explain, toMatcher } from './index.js';
import { dealFilters, deals, someNow, someRates } from './testing/arbitraries.js';
import { fewPlaces } from './testing/places.js';

const owner = { zone: 'UTC', currency: 'USD', places: fewPlaces };
const moment = { now: someNow.getTime(), rates: someRates };

function terms(text: string, subject: Record<string, unknown>): string[] {
  return explain(compile(text, dealFields, owner), subject, moment).map(({ start, end }) => text.slice(start, end));
}

describe('Why a subject matches', () => {
  const deal = { priceMinor: 30_000, currency: 'USD', cabin: 'business', nonstop: true };

  it('names the terms that hold, in the order of the text', () => {
    expect(terms('cabin:business price<=400', deal)).toEqual(['cabin:business', 'price<=400']);
    expect(terms('(cabin:economy or nonstop:true) price<=400 -cabin:first', deal)).toHaveLength(3);
    expect(terms('cabin:economy or price<=400', deal)).toEqual(['price<=400']);
  });

  it('names none when it does not match, or when the filter is empty', () => {
    expect(terms('cabin:business price>400', deal)).toEqual([]);
    expect(terms('', deal)).toEqual([]);
  });

  it('names something just when a filter with terms matches', () => {
    fc.assert(
      fc.property(dealFilters, deals, (text, subject) => {
        const bound = compile(text, dealFields, owner);
        const spans = explain(bound, subject, moment);
        if (!toMatcher(bound)(subject, moment)) expect(spans).toEqual([]);
        else if (text.trim() !== '') expect(spans.length).toBeGreaterThan(0);
      }),
    );
  });
});
