import { describe, expect, it } from '@jest/globals';
import { activityFields, compile } from '#contract/filter/index.js';
import { placeResolver } from '#platform/filters/index.js';
import { dealTarget } from './deal-target.js';

const owner = { zone: 'UTC', currency: 'USD', places: placeResolver, me: 'a' };

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
