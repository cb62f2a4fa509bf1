import { describe, expect, it } from '@jest/globals';
import { compile, dealFields, toMatcher } from './index.js';
import { inMinorUnits, minorDigits, minorTable } from './money.js';
import { fewPlaces } from './testing/places.js';

const rates = new Map([
  ['USD', 1],
  ['EUR', 1.25],
  ['JPY', 0.008],
  ['KWD', 3.2],
  ['BAD', Number.NaN],
  ['ZWL', 0],
]);

describe('amounts in the minor units of another currency', () => {
  it.each<[number, string, string, number | undefined]>([
    [400, 'USD', 'USD', 40_000],
    [400.1, 'USD', 'USD', 40_010],
    [1.005, 'EUR', 'EUR', 100],
    [400, 'USD', 'EUR', 32_000],
    [400, 'USD', 'JPY', 50_000],
    [50_000, 'JPY', 'USD', 40_000],
    [1, 'KWD', 'USD', 320],
    [1, 'KWD', 'KWD', 1_000],
    [1, 'USD', 'PLN', undefined],
    [1, 'PLN', 'USD', undefined],
    [1, 'PLN', 'PLN', 100],
    [1, 'USD', 'BAD', undefined],
    [1, 'USD', 'ZWL', undefined],
    [1e12, 'KWD', 'JPY', 4e14],
  ])('%d %s in %s', (value, from, to, minor) => {
    expect(inMinorUnits({ value, currency: from }, to, rates)).toBe(minor);
  });

  it('stay within what a double holds exactly', () => {
    const extreme = new Map([
      ['USD', 1e9],
      ['JPY', 1e-9],
    ]);
    expect(inMinorUnits({ value: 999_999_999_999, currency: 'USD' }, 'JPY', extreme)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('make a table of every known currency and the own one', () => {
    expect(minorTable({ value: 10, currency: 'PLN' }, rates)).toEqual({ PLN: 1_000 });
    expect(minorTable({ value: 10, currency: 'USD' }, rates)).toEqual({ USD: 1_000, EUR: 800, JPY: 1_250, KWD: 3_125 });
  });

  it('know ISO 4217 digits', () => {
    expect(['USD', 'JPY', 'KWD', 'CLF', 'constructor'].map(minorDigits)).toEqual([2, 0, 3, 4, 2]);
  });
});

describe('a price', () => {
  const owner = { zone: 'UTC', currency: 'EUR', places: fewPlaces };
  it.each<[string, number, string, boolean]>([
    ['price<=320', 32_000, 'EUR', true],
    ['price<=320', 40_000, 'USD', true],
    ['price<=320', 40_001, 'USD', false],
    ['price<320', 40_000, 'USD', false],
    ['price=400USD', 32_000, 'EUR', true],
    ['price:400usd', 40_000, 'USD', true],
    ['price:USD400', 40_000, 'USD', true],
    ['price:"400 USD"', 40_000, 'USD', true],
    ['price!=400USD', 40_000, 'USD', false],
    ['price:300..400USD', 39_000, 'USD', true],
    ['price:300USD..400', 39_000, 'USD', true],
    ['price:300USD..400EUR', 39_000, 'EUR', true],
    ['price<=320', 1, 'PLN', false],
    ['price>0', 1, 'PLN', false],
    ['-price>0', 1, 'PLN', true],
    ['price:1PLN..', 100, 'PLN', true],
  ])('%s against %d %s', (text, priceMinor, currency, expected) => {
    expect(toMatcher(compile(text, dealFields, owner))({ priceMinor, currency }, { now: 0, rates })).toBe(expected);
  });

  it('follows the rates of the moment', () => {
    const cheap = toMatcher(compile('price<=320', dealFields, owner));
    const deal = { priceMinor: 40_000, currency: 'USD' };
    expect(cheap(deal, { now: 0, rates })).toBe(true);
    expect(cheap(deal, { now: 0, rates: new Map([...rates, ['EUR', 1.2]]) })).toBe(false);
    expect(cheap(deal, { now: 0 })).toBe(false);
    expect(cheap(deal, { now: 0, rates })).toBe(true);
  });
});
