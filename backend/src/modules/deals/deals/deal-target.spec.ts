import { describe, expect, it } from '@jest/globals';
import { activityFields, compile, toMatcher } from '#contract/filter/index.js';
import { placeResolver } from '#platform/filters/index.js';
import { dealTarget } from './deal-target.js';

const owner = { zone: 'UTC', currency: 'USD', places: placeResolver, me: 'a' };

describe('Deals that changed', () => {
  const matches = (text: string, data: object) => {
    const event = { type: 'deal.repriced', data } as const;
    return toMatcher(compile(text, dealTarget.catalogue, owner))(dealTarget.subject(event), {
      now: 0,
      type: event.type,
    });
  };
  const after = { priceMinor: 40_000, currency: 'USD', cabin: 'business' };

  it('are asked what they cost before', () => {
    const fell = { before: { priceMinor: 70_000, currency: 'USD' }, after };
    for (const text of ['changed:price', 'changed:price price<=400', 'was.price:600..700 cabin:business'])
      expect([text, matches(text, fell)]).toEqual([text, true]);
    for (const text of ['changed:cabin', 'was.cabin:business', 'was.price<=400'])
      expect([text, matches(text, fell)]).toEqual([text, false]);
  });

  it('answer no where the event does not tell it', () => {
    expect(matches('was.price>0', { before: { priceMinor: 70_000 }, after })).toBe(false);
    const found = toMatcher(compile('changed:price or was.price>0', dealTarget.catalogue, owner));
    expect(found(dealTarget.subject({ type: 'deal.found', data: after }), { now: 0 })).toBe(false);
  });
});

describe('Templates of deals', () => {
  it.each((dealTarget.templates ?? []).map(({ id, filter }) => [id, filter]))('%s: can be read', (_, filter) => {
    expect(() => compile(filter, dealTarget.catalogue, owner)).not.toThrow();
  });

  it('have ids of their own, and are about deals', () => {
    const ids = (dealTarget.templates ?? []).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(() => compile('percentile<=10', activityFields, owner)).toThrow('percentile');
  });
});
