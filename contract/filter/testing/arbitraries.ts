import fc, { type Arbitrary } from 'fast-check';
import { fold, words } from '../fold.js';
import type { Rates } from '../money.js';
import { quote } from '../tree.js';

/** Texts that meet each other often, and whose letters, wildcards and quotes have bitten filter languages before. */
const phrases = [
  'Lisbon from New York',
  'lisbon',
  'İstanbul ΟΔΟΣ',
  'Straße São Paulo',
  'Sa\u0303o',
  '100% off_season',
  'a_b',
  'C:\\deal\\new',
  `'; drop table deal; --`,
  '"mistake" fare',
  '北京往返上海',
  '🔥 hot 👩‍👩‍👧',
  'e\u0301clair',
  '{a,b} $1 ?',
  'null',
  'Łódź',
];
const airlines = ['tap', 'united', 'air france', '北京', '100%', 'a_b', 'lot'];
const places = ['city:NYC', 'city:BOS', 'city:LIS', 'airport:JFK', 'country:PT', 'country:US', 'region:europe'];
const currencies = ['USD', 'EUR', 'JPY', 'KWD', 'PLN', 'HUF'];
const sources = ['0192f0c1-2b3a-7c4d-8e5f-001122334455', '0192f0c1-2b3a-7c4d-8e5f-aabbccddeeff'];

/** Knows all of `currencies` but the last two. */
export const someRates: Rates = new Map([
  ['USD', 1],
  ['EUR', 1.0837],
  ['JPY', 0.006_713],
  ['KWD', 3.2541],
]);

/** The moment that generated dates lie around. */
export const someNow = new Date('2027-03-14T06:30:00Z');

/** A deal as a `deal.found` event tells it; every value may be missing. */
export interface DealData extends Record<string, unknown> {
  title: string | null;
}

const day = fc
  .integer({ min: -500, max: 500 })
  .map((offset) => new Date(someNow.getTime() + offset * 86_400_000).toISOString().slice(0, 10));
const moment = fc
  .oneof(fc.integer({ min: -4e10, max: 4e10 }), fc.constantFrom(0, -1, 1, 3_600_000, -86_400_000, 7 * 86_400_000))
  .map((offset) => new Date(someNow.getTime() + offset).toISOString());
const real = fc.oneof(
  fc.constantFrom(0, 0.1, 0.7, 0.95, 5, -2.2, 99.9, 16_777_217),
  fc.integer({ min: -1_000, max: 1_000 }).map((n) => n / 10),
);
const someText = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...phrases) },
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const orNull = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | null> => fc.option(arbitrary, { freq: 5 });

/** Deals, with the folded columns made as a writer makes them. */
export const deals: Arbitrary<DealData> = fc
  .record({
    originKeys: orNull(fc.uniqueArray(fc.constantFrom(...places), { maxLength: 4 })),
    destinationKeys: orNull(fc.uniqueArray(fc.constantFrom(...places), { maxLength: 4 })),
    priceMinor: orNull(fc.oneof(fc.constantFrom(39_900, 40_000, 40_001, 400, 0), fc.integer({ min: 1, max: 120_000 }))),
    currency: orNull(fc.constantFrom(...currencies)),
    airlinesFolded: orNull(fc.uniqueArray(fc.constantFrom(...airlines), { maxLength: 3 })),
    cabin: orNull(fc.constantFrom('economy', 'premium', 'business', 'first')),
    tripType: orNull(fc.constantFrom('roundtrip', 'oneway')),
    nonstop: orNull(fc.boolean()),
    travelFrom: orNull(day),
    travelTo: orNull(day),
    bookBy: orNull(day),
    percentile: orNull(real),
    z: orNull(real),
    sourceId: orNull(fc.constantFrom(...sources)),
    foundAt: orNull(moment),
    confidence: orNull(real),
    status: orNull(fc.constantFrom('active', 'expired')),
    kind: orNull(fc.constantFrom('mistake', 'sale', 'error-fare', '')),
    title: orNull(someText),
  })
  .map((data) => ({
    ...data,
    titleFolded: data.title === null ? null : fold(data.title),
    words: data.title === null ? null : words(data.title),
  }));

const storable = (text: string): boolean => fold(text) !== '' && !/[\0\uD800-\uDFFF]/u.test(text);
const quotedText = someText.filter(storable).map(quote);
const word = fc.constantFrom(
  'lisbon',
  'ISTANBUL',
  'sao',
  '北京',
  '100%',
  'mistake',
  'off_season',
  'éclair',
  '🔥',
  'a_b',
  'null',
  'hot',
);
const equality = fc.constantFrom(':', '=', '!=');
const order = fc.constantFrom('<', '<=', '>', '>=');

function equalTo(name: string, value: Arbitrary<string>): Arbitrary<string> {
  const alternatives = fc.array(fc.oneof({ weight: 8, arbitrary: value }, fc.constant('*')), {
    minLength: 1,
    maxLength: 3,
  });
  return fc.tuple(equality, alternatives).map(([operator, values]) => name + operator + values.join(','));
}

function ordered(name: string, value: Arbitrary<string>, sort: (a: string, b: string) => number): Arbitrary<string> {
  const ranged = fc.tuple(value, value, fc.constantFrom('both', 'from', 'to')).map(([a, b, ends]) => {
    const [low = a, high = b] = [a, b].sort(sort);
    return `${name}:${ends === 'to' ? '' : low}..${ends === 'from' ? '' : high}`;
  });
  return fc.oneof(
    equalTo(name, value),
    fc.tuple(order, value).map(([operator, one]) => name + operator + one),
    ranged,
  );
}

const numeric = (a: string, b: string): number => parseFloat(a) - parseFloat(b);
const alphabetic = (a: string, b: string): number => (a < b ? -1 : 1);
const numberText = fc.oneof(
  real.map(String),
  fc.integer({ min: -100, max: 100 }).map(String),
  fc.constantFrom('0.1', '99.95', '-0.000000001', '999999999999999'),
);
const amountText = fc
  .tuple(
    fc.constantFrom('0', '400', '399', '400.005', '1000', '0.5', '999999999999'),
    fc.constantFrom('', 'USD', 'eur', 'JPY', 'KWD', 'HUF'),
  )
  .map(([digits, currency]) => digits + currency);
const calendarText = fc.oneof(
  day,
  day.map((text) => text.slice(0, 7)),
  day.map((text) => text.slice(0, 4)),
);
const stepText = fc.constantFrom('7d', '-7d', '2w', '-1mo', '1y', 'today', 'tomorrow', 'yesterday', '0d');
const clockText = fc.oneof(
  moment.map(quote),
  moment.map((text) => quote(text.slice(0, 16))),
  moment.map((text) => quote(`${text.slice(0, 19)}+05:45`)),
);

/** Terms over every field of deals, each valid by itself. */
export const dealTerms: Readonly<Record<string, Arbitrary<string>>> = {
  type: equalTo('type', fc.constantFrom('deal.found', 'deal.*', 'task.completed')),
  origin: equalTo('origin', fc.constantFrom('NYC', 'country:US', 'jfk', '"new york"', 'europe')),
  destination: equalTo('to', fc.constantFrom('Lisbon', 'country:PT', '葡萄牙', 'region:europe')),
  price: ordered('price', amountText, numeric).filter((text) => !/\.\..*[A-Z]/i.test(text)),
  priceRange: fc.constantFrom('price:100..400', 'price:100..400EUR', 'price:..50000JPY', 'price:1KWD..'),
  airline: equalTo('airline', fc.constantFrom('TAP', '"Air France"', 'un*', '"100%"', '"a_b"', '100*', '北*', 'LOT')),
  cabin: equalTo('cabin', fc.constantFrom('Business', 'coach', 'first', 'e*', 'biz')),
  trip: equalTo('trip', fc.constantFrom('roundtrip', 'one-way', 'return')),
  nonstop: equalTo('nonstop', fc.constantFrom('true', 'no', 'YES')),
  departs: ordered('departs', fc.oneof(calendarText, stepText), () => 0).filter((text) => !/\d\.\.\d/.test(text)),
  departsRange: fc.tuple(day, day).map((ends) => `travel:${ends.sort(alphabetic).join('..')}`),
  bookBy: ordered('book-by', fc.oneof(calendarText, stepText), () => 0).filter((text) => !/\d\.\.\d/.test(text)),
  bookByRange: fc.tuple(day, day).map((ends) => `book-by:${ends.sort(alphabetic).join('..')}`),
  percentile: ordered('score', numberText, numeric),
  z: ordered('z', numberText, numeric),
  source: equalTo('source', fc.constantFrom(...sources, sources[0]?.toUpperCase() ?? '')),
  found: ordered('found', fc.oneof(calendarText, stepText, clockText), () => 0).filter(
    (text) => !/[\d"]\.\.[\d"]/.test(text),
  ),
  foundNow: fc.constantFrom(
    'found>-1h',
    'found:-1h..now',
    'found<=now',
    'found:-7d..',
    'found:today',
    'found:..-90min',
    'found:-1mo',
  ),
  foundRange: fc.tuple(moment, moment).map((ends) => `found:${ends.sort(alphabetic).map(quote).join('..')}`),
  confidence: ordered('confidence', numberText, numeric),
  status: equalTo('status', fc.constantFrom('active', 'EXPIRED')),
  kind: equalTo('kind', fc.constantFrom('mistake', 'Sale', 'error*', '"other"')),
  title: equalTo('title', fc.oneof(quotedText, fc.constantFrom('lis*', 'ΟΔΟΣ', 'strasse', '"100%"', '"_"', 'ł'))),
  words: fc.oneof(
    word,
    word.map((text) => `${text}*`),
    fc.tuple(word, word).map(([a, b]) => quote(`${a} ${b}`)),
    fc.constantFrom('li*', 's*', '北*'),
  ),
};

const term = fc.oneof(...Object.values(dealTerms));

/** Whole filters over deals, as text, with every connective. */
export const dealFilters: Arbitrary<string> = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'filter' },
    { weight: 3, arbitrary: term },
    fc.tuple(fc.constantFrom('-', 'not '), tie('filter')).map(([sign, inner]) => `${sign}(${inner})`),
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((parts) => parts.map((part) => `(${part})`).join(' ')),
    fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((parts) => parts.join(' or ')),
    fc.tuple(term, term).map(([a, b]) => `-${a} ${b}`),
  ),
})).filter;
