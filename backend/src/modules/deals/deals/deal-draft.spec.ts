import { describe, expect, it } from '@jest/globals';
import { places } from '#platform/places/index.js';
import type { ParsedDeal } from '../parser/index.js';
import { distinctDrafts, draftOf, priceText } from './deal-draft.js';
import { expiryOf } from './deal.entity.js';

const place = (code: string) => ({ text: code, place: places.byCode(code) });
const parsed = (over: Partial<ParsedDeal> = {}): ParsedDeal => ({
  origins: [place('NYC')],
  destinations: [place('LIS')],
  price: { amount: 32_100, currency: 'USD' },
  tripType: 'roundtrip',
  airlines: ['TAP Air Portugal'],
  travelWindow: { from: '2027-02', to: '2027-12' },
  cabin: 'premium_economy',
  nonstop: null,
  bookBy: '2026-12-01',
  link: 'https://deals.example/1',
  kind: 'fare',
  confidence: 0.9,
  evidence: {},
  method: 'rules',
  ...over,
});
const draft = (over: Partial<ParsedDeal> = {}) => draftOf(parsed(over), 'A subject')!;

describe('a draft', () => {
  it('has the columns that filters ask for', () => {
    const made = draft();
    expect(made).toMatchObject({
      cabin: 'premium',
      travelFrom: '2027-02-01',
      travelTo: '2028-01-01',
      airlinesFolded: ['tap air portugal'],
    });
    expect(made.originKeys).toEqual(expect.arrayContaining(['city:NYC', 'country:US']));
    expect(made.words).toEqual(expect.arrayContaining(['lisbon', 'subject', 'tap']));
    expect(made.title).toBe('New York to Lisbon, $321 round trip in premium');
  });

  it('is one deal whatever the order of its places, and another at any other price, trip, cabin or window', () => {
    const print = (over: Partial<ParsedDeal>) => draft(over).fingerprint.toString('hex');
    expect(print({ origins: [place('NYC'), place('BOS')] })).toBe(
      print({ origins: [place('BOS'), place('NYC'), place('NYC')] }),
    );
    const others = [
      { price: { amount: 1, currency: 'USD' } },
      { price: { amount: 32_100, currency: 'EUR' } },
      { tripType: null },
      { cabin: null },
      { travelWindow: null },
      { destinations: [place('OPO')] },
    ];
    expect(new Set([{}, ...others].map(print)).size).toBe(7);
    expect(print({ airlines: [], link: null, confidence: 0.1, bookBy: null, nonstop: true })).toBe(print({}));
    expect(draft({ price: { amount: 1, currency: 'USD' } }).offer.equals(draft().offer)).toBe(true);
  });

  it('is not made of what cannot be kept', () => {
    for (const price of [
      { amount: 1, currency: 'XXQ' },
      { amount: -1, currency: 'USD' },
      { amount: 1.5, currency: 'USD' },
      { amount: 1e14, currency: 'USD' },
      { amount: NaN, currency: 'USD' },
    ])
      expect(draftOf(parsed({ price }), '')).toBeUndefined();
    expect(draftOf(parsed({ origins: [], destinations: [] }), '')).toBeUndefined();
    for (const link of ['javascript:alert(1)', 'not a link', `https://x.example/${'a'.repeat(3000)}`])
      expect(draft({ link }).link).toBeNull();
    for (const bookBy of ['2026-99-99', 'tomorrow']) expect(draft({ bookBy }).bookBy).toBeNull();
  });

  it('stands once in a message, the surer of two', () => {
    const kept = distinctDrafts([draft({ confidence: 0.4 }), draft({ confidence: 0.8 }), draft({ cabin: null })]);
    expect(kept.map((d) => [d.cabin, d.confidence]).sort()).toEqual([
      [null, Math.fround(0.9)],
      ['premium', Math.fround(0.8)],
    ]);
  });
});

it('a deal runs out with its booking day, its window or its last sighting, whichever is first', () => {
  const seen = new Date('2026-11-21T00:00:00Z');
  const at = (bookBy: string | null, travelTo: string | null) => expiryOf({ bookBy, travelTo }, seen, 30).toISOString();
  expect(at(null, null)).toBe('2026-12-21T00:00:00.000Z');
  expect(at('2026-11-25', null)).toBe('2026-11-26T12:00:00.000Z');
  expect(at('2027-11-25', '2026-12-01')).toBe('2026-12-01T00:00:00.000Z');
});

it('prices read as people write them', () => {
  expect([
    priceText(32_100, 'USD'),
    priceText(9_950, 'EUR'),
    priceText(1_299, 'JPY'),
    priceText(12_345, 'KWD'),
  ]).toEqual(['$321', '€99.50', '¥1,299', 'KWD\u00a012.345']);
});
