// What compiling a filter buys: 1,000 filters against a stream of deal events, by compiled closures and by walking the
// bound tree anew for every event. Same filters, same events, same answers; the two take turns, the best of each counts.
import fc from 'fast-check';
import { compile, dealFields, toMatcher } from '#contract/filter/index.js';
import { dealFilters, deals, someNow, someRates } from '#contract/filter/testing/arbitraries.js';
import { evaluate } from '#contract/filter/testing/naive.js';
import { fewPlaces } from '#contract/filter/testing/places.js';

const FILTERS = 1_000;
const EVENTS = 300;
const ROUNDS = 5;
const SEED = 20_270_314;

const owner = { zone: 'America/New_York', currency: 'USD', places: fewPlaces };

/** Wishes as people write them: a place or two, a limit, sometimes dates, a cabin or an exclusion. */
const alert = fc
  .record({
    origin: fc.constantFrom('NYC', 'BOS,NYC', 'country:US', 'JFK'),
    destination: fc.constantFrom('Lisbon', 'country:PT', 'europe'),
    price: fc.integer({ min: 50, max: 1_500 }),
    rest: fc.constantFrom(
      '',
      'cabin:business',
      'departs:2027-03..2027-05',
      '-airline:lot',
      'nonstop:true',
      'found>-7d',
    ),
  })
  .map(({ origin, destination, price, rest }) => `origin:${origin} to:${destination} price<=${price} ${rest}`);

type Answer = (filter: number, event: number) => boolean;

function measure(answer: Answer): { matches: number; seconds: number } {
  let matches = 0;
  const start = process.hrtime.bigint();
  for (let event = 0; event < EVENTS; event += 1) {
    for (let filter = 0; filter < FILTERS; filter += 1) if (answer(filter, event)) matches += 1;
  }
  return { matches, seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

function compare(name: string, texts: readonly string[]): void {
  const bound = texts.map((text) => compile(text, dealFields, owner));
  const matchers = bound.map(toMatcher);
  const events = fc.sample(deals, { numRuns: EVENTS, seed: SEED });
  // Each event happens at its own moment, so that what moves with the clock is computed and not remembered.
  const moments = events.map((_, at) => ({ now: someNow.getTime() + at * 61_000, rates: someRates }));
  const both: Record<'compiled' | 'naive', Answer> = {
    compiled: (filter, event) => matchers[filter]!(events[event]!, moments[event]!),
    naive: (filter, event) => evaluate(bound[filter]!, events[event]!, moments[event]!),
  };
  const best = { compiled: Infinity, naive: Infinity };
  const matches = { compiled: 0, naive: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of ['compiled', 'naive'] as const) {
      const result = measure(both[way]);
      best[way] = Math.min(best[way], result.seconds);
      matches[way] = result.matches;
    }
  }
  if (matches.compiled !== matches.naive) throw new Error(`${name}: the two disagree: ${JSON.stringify(matches)}`);
  const perSecond = (seconds: number): string => Math.round((FILTERS * EVENTS) / seconds).toLocaleString('en');
  const share = ((100 * matches.compiled) / (FILTERS * EVENTS)).toFixed(1);
  console.log(`${name}: ${FILTERS} filters x ${EVENTS} events, ${share} % match`);
  console.log(`  compiled  ${perSecond(best.compiled)} answers/s`);
  console.log(`  naive     ${perSecond(best.naive)} answers/s`);
  console.log(`  ratio     ${(best.naive / best.compiled).toFixed(1)}`);
}

compare('deal alerts', fc.sample(alert, { numRuns: FILTERS, seed: SEED }));
compare('every construct of the language', fc.sample(dealFilters, { numRuns: FILTERS, seed: SEED }));
