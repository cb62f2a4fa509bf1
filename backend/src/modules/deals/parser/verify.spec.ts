import { describe, expect, it } from '@jest/globals';
import { groundedDeals } from './verify.js';

const input = {
  subject: 'Weekend ideas',
  text: 'Loty z Warszawy do Barcelony: teraz za 199 zł w dwie strony, było 320 zł. Lufthansa.',
};
const deal = {
  origins: ['Warsaw'],
  destinations: ['Barcelona'],
  price: 199,
  currency: 'PLN',
  tripType: 'roundtrip',
  airlines: ['Lufthansa', 'KLM'],
};

describe('groundedDeals', () => {
  it('keeps what the text bears out, with the text as evidence', () => {
    const [kept] = groundedDeals({ deals: [deal] }, input);
    expect(kept).toMatchObject({
      origins: [{ text: 'Warszawy', place: { code: 'WAW' } }],
      destinations: [{ text: 'Barcelony', place: { code: 'BCN' } }],
      price: { amount: 19900, currency: 'PLN' },
      tripType: 'roundtrip',
      airlines: ['Lufthansa'],
      method: 'model',
    });
    for (const span of Object.values(kept?.evidence ?? {}))
      expect(input.text.slice(span.start, span.end)).toBe(span.quote);
  });

  it.each([
    ['a price that the text does not have', { ...deal, price: 149 }],
    ['the price before', { ...deal, price: 320 }],
    ['another currency', { ...deal, currency: 'EUR' }],
    ['no currency at all', { ...deal, currency: 'gold' }],
    ['a destination that the text does not have', { ...deal, destinations: ['Barcelona', 'Paris'] }],
    ['an origin that the text does not have', { ...deal, origins: ['Krakow'] }],
    ['a part of a word', { ...deal, origins: ['dwi'] }],
    ['no origin', { ...deal, origins: [] }],
    ['a price of nothing', { ...deal, price: 0 }],
  ])('drops %s', (_, wrong) => {
    expect(groundedDeals({ deals: [wrong] }, input)).toEqual([]);
  });

  it('keeps words of a cabin or trip only where the text has them', () => {
    const [kept] = groundedDeals({ deals: [{ ...deal, tripType: 'oneway', cabin: 'business', nonstop: true }] }, input);
    expect(kept).toMatchObject({ tripType: null, cabin: null, nonstop: null });
  });

  it.each([null, 7, 'deals', {}, { deals: 'none' }, { deals: [{ price: '199' }] }])(
    'takes %j for no answer',
    (wrong) => {
      expect(groundedDeals(wrong, input)).toEqual([]);
    },
  );
});
