import { describe, expect, it } from '@jest/globals';
import { compile, dealFields, FilterError, parse, print, toMatcher, toSql, type FilterContext } from './index.js';

const places: Record<string, string> = {
  nyc: 'city:NYC',
  bos: 'city:BOS',
  'country:pt': 'country:PT',
  lisbon: 'city:LIS',
};
const context: FilterContext = {
  now: new Date('2027-01-10T12:00:00Z'),
  zone: 'America/New_York',
  currency: 'USD',
  places: {
    resolve: (value) => {
      const key = places[value.toLowerCase()];
      return key === undefined ? undefined : { key, label: key };
    },
  },
};
const moment = { now: context.now.getTime() };
const deal = {
  originKeys: ['airport:JFK', 'city:NYC', 'country:US'],
  destinationKeys: ['airport:LIS', 'city:LIS', 'country:PT'],
  priceMinor: 39_900,
  currency: 'USD',
  airlinesFolded: ['tap'],
  cabin: 'business',
  travelFrom: '2027-04-01',
  travelTo: '2027-07-01',
  words: ['nyc', 'lisbon', 'sale'],
};

describe('the filter of the architecture page', () => {
  const text =
    'type:deal.found origin:NYC,BOS destination:country:PT price<=400USD departs:2027-03..2027-05 cabin:business';

  it('matches the deal it describes', () => {
    expect(toMatcher(compile(text, dealFields, context))(deal, moment)).toBe(true);
  });

  it.each([
    ['a price above', { priceMinor: 40_001 }],
    ['another origin', { originKeys: ['city:LAX'] }],
    ['travel later', { travelFrom: '2027-06-01' }],
    ['no cabin', { cabin: null }],
  ])('refuses %s', (_, change) => {
    expect(toMatcher(compile(text, dealFields, context))({ ...deal, ...change }, moment)).toBe(false);
  });

  it('becomes SQL whose values are all parameters', () => {
    expect(toSql(compile(text, dealFields, context), context)).toEqual({
      text:
        '(TRUE AND d.origin_keys && $1::text[] AND d.destination_keys && $2::text[] AND ' +
        'd.price_minor <= ($3::jsonb ->> d.currency)::bigint AND ' +
        '(d.travel_to > $4::date AND d.travel_from < $5::date) AND d.cabin = $6::text)',
      params: [['city:NYC', 'city:BOS'], ['country:PT'], '{"USD":40000}', '2027-03-01', '2027-06-01', 'business'],
    });
  });

  it('prints back as it was written', () => {
    expect(print(parse(text))).toBe(text);
  });

  it('reads the task example too, though deals have no such fields', () => {
    const tasks = 'status:open assignee:me (label:bug or label:urgent) -label:wontfix due<7d "login page"';
    expect(print(parse(tasks))).toBe(tasks);
    expect(() => compile(tasks, dealFields, context)).toThrow(FilterError);
  });
});
