import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { complete, compile, dealFields } from './index.js';
import { dealFilters } from './testing/arbitraries.js';
import { fewPlaces } from './testing/places.js';

const owner = { zone: 'UTC', currency: 'CHF', places: fewPlaces };

/** Completes at the bar. */
function at(marked: string): { replaces: string; offers: string[] } {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { from, to, items } = complete(text, cursor, dealFields, owner);
  return { replaces: text.slice(from, to), offers: items.map(({ insert }) => insert) };
}

describe('complete', () => {
  it.each<[string, string, string[]]>([
    ['pri|', 'pri', ['price:']],
    ['cabin:business pr|ic', 'pric', ['price:']],
    ['(-des|', 'des', ['destination:']],
    ['non|', 'non', ['nonstop:']],
    ['n|', 'n', ['nonstop:', 'not ']],
    ['price|', 'price', ['price:', 'price=', 'price!=', 'price<', 'price<=', 'price>', 'price>=']],
    ['cabin:|', '', ['economy', 'premium', 'business', 'first', '*']],
    ['cabin:economy,b|', 'b', ['business']],
    ['cabin:co|', 'co', ['economy']],
    ['cabin:b|us,first', 'bus', ['business']],
    ['nonstop:|', '', ['true', 'false', '*']],
    ['origin:lis|', 'lis', ['city:LIS']],
    ['origin:"new|', '"new', ['city:NYC']],
    ['price<400|', '400', ['400CHF', '400USD', '400EUR', '400GBP', '400CNY', '400JPY']],
    ['price:300..400u|', '400u', ['400USD']],
    ['book-by<|', '', ['today', '7d', '2w', '1mo', '3mo', '1y']],
    ['nosuch:|', '', []],
    ['title:"cabin:|', '"cabin:', []],
    ['was.cabin:b|', 'b', ['business']],
  ])('at %s', (marked, replaces, offers) => {
    expect(at(marked)).toEqual({ replaces, offers });
  });

  it('offers all fields in an empty filter', () => {
    expect(at('|').offers).toEqual(expect.arrayContaining(['origin:', 'price:', 'not ', 'or ']));
  });

  it('shows the names of ids that somebody knows', () => {
    const id = '01977c5e-8a3b-7c2d-9e4f-5a6b7c8d9e0f';
    const known = dealFields.knowing({ source: [{ value: id, title: 'Fly cheap' }], price: [{ value: '1' }] });
    const text = 'source:fly';
    expect(complete(text, text.length, known, owner)).toMatchObject({
      from: 7,
      to: 10,
      items: [{ label: 'Fly cheap', insert: id }],
    });
    expect(complete('price:', 6, known, owner).items).toEqual(complete('price:', 6, dealFields, owner).items);
  });

  it('offers values that are right where they are offered', () => {
    for (const text of [
      'cabin:',
      'trip:',
      'status:',
      'nonstop:',
      'origin:n',
      'to:c',
      'price<4',
      'book-by<',
      'departs:',
      'found>',
      'type:',
    ]) {
      const { from, to, items } = complete(text, text.length, dealFields, owner);
      expect(items.length).toBeGreaterThan(0);
      for (const { insert } of items) {
        expect(() => compile(text.slice(0, from) + insert + text.slice(to), dealFields, owner)).not.toThrow();
      }
    }
  });

  it('takes any text and any cursor', () => {
    fc.assert(
      fc.property(
        fc.oneof(dealFilters, fc.string({ unit: 'binary' })),
        fc.oneof(fc.integer(), fc.nat(80), fc.double()),
        (text, cursor) => {
          const { from, to } = complete(text, cursor, dealFields, owner);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
