import { expect, it } from '@jest/globals';
import { activityFields, compile, FilterEngine } from '../index.js';

const owner = { zone: 'UTC', currency: 'USD', places: { resolve: () => undefined, suggest: () => [] } };

it('finds each of many filters that name a value of their own, however often its tables have grown', () => {
  const engine = new FilterEngine(activityFields);
  const names = Array.from({ length: 24_000 }, (_, i) => `kind${i}`);
  const lost = new Set<string>();
  const look = (from: number, to: number) => {
    for (const about of names.slice(from, to)) {
      const found = engine.match({ subjectType: about }, { now: 0 });
      if (found.length !== 1 || found[0] !== about) lost.add(about);
    }
  };
  for (const [i, about] of names.entries()) {
    engine.put(about, compile(`about:${about}`, activityFields, owner));
    if (i % 1_000 === 999) look(i - 999, i + 1);
    // All of them, now and then: growth must not forget what was filed before.
    if (i % 8_000 === 7_999) look(0, i + 1);
  }
  expect([...lost]).toEqual([]);
});
