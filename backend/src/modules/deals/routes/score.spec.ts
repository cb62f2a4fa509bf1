import { describe, expect, it } from '@jest/globals';
import { places } from '#platform/places/index.js';
import { cityKey, routesOf } from './route-prices.js';
import { scoreOf } from './score.js';

describe('a score', () => {
  it('needs eight prices', () => {
    const history = { count: 7, cheaper: 0, mean: 100, deviation: 10 };
    expect(scoreOf(50, history)).toBeNull();
    expect(scoreOf(80, { ...history, count: 8 })).toEqual({ percentile: 0, z: -2 });
  });

  it('knows no deviation where all prices are one', () => {
    const history = { count: 10, cheaper: 0, mean: 100, deviation: 0 };
    expect(scoreOf(100, history)).toEqual({ percentile: 0, z: 0 });
    expect(scoreOf(90, history)).toEqual({ percentile: 0, z: null });
  });
});

describe('routes', () => {
  const at = (...keys: string[]) => keys.map((key) => ({ text: key, key, name: null }));
  const deal = {
    currency: 'USD',
    tripType: null,
    cabin: null,
    origins: at('airport:JFK', 'airport:EWR'),
    destinations: at('city:LIS', 'city:OPO'),
  };

  it('lead from city to city, and say what they compare', () => {
    expect(places.byKey('airport:JFK')).toBeDefined();
    expect(cityKey('airport:JFK')).toBe('city:NYC');
    expect(routesOf(deal)).toEqual(
      ['city:LIS', 'city:OPO'].map((destination) => ({
        origin: 'city:NYC',
        destination,
        currency: 'USD',
        tripType: 'roundtrip',
        cabin: 'economy',
      })),
    );
  });

  it('are bounded, and none without both ends', () => {
    const many = at(...Array.from({ length: 30 }, (_, i) => `country:${i}`));
    expect(routesOf({ ...deal, origins: many, destinations: many })).toHaveLength(25);
    expect(routesOf({ ...deal, destinations: [{ text: 'Somewhere', key: null, name: null }] })).toEqual([]);
  });
});
