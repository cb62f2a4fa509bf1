import { describe, expect, it } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import {
  compile,
  dealFields,
  FieldCatalogue,
  FilterEngine,
  toMatcher,
  type BoundFilter,
  type Moment,
  type OwnerContext,
  type Subject,
} from '../index.js';
import { dealFilters, deals, someNow, someRates } from '../testing/arbitraries.js';
import { evaluate } from '../testing/naive.js';
import { fewPlaces } from '../testing/places.js';
import { taskFilters, taskLikeFields, taskSubjects } from '../testing/tasks.js';

const zones = ['America/New_York', 'Asia/Shanghai', 'UTC'];
const me = '0192f0c1-2b3a-7c4d-8e5f-00000000000a';
const owner = (zone = 'UTC'): OwnerContext => ({ zone, currency: 'USD', places: fewPlaces, me });

interface Target {
  readonly catalogue: FieldCatalogue;
  readonly filters: Arbitrary<string>;
  readonly subjects: Arbitrary<Subject>;
}
const targets: Record<string, Target> = {
  deals: { catalogue: dealFields, filters: dealFilters, subjects: deals },
  tasks: { catalogue: taskLikeFields, filters: taskFilters, subjects: taskSubjects },
};

const moments: Arbitrary<Moment> = fc.record(
  {
    now: fc.integer({ min: -60, max: 60 }).map((hours) => someNow.getTime() + hours * 3_600_000),
    type: fc.constantFrom('deal.found', 'task.updated', 'task.closed'),
    rates: fc.constantFrom(someRates, new Map([['USD', 1]]), new Map([...someRates, ['PLN', 0.25], ['EUR', 2]])),
  },
  { requiredKeys: ['now'] },
);

/** What happens to an engine, one after the other. */
type Step =
  | { act: 'put'; key: string; text: string; zone: string; partition: string }
  | { act: 'remove'; key: string }
  | { act: 'match'; subject: Subject; moment: Moment; partition: string };

function steps({ filters, subjects }: Target): Arbitrary<Step[]> {
  const partition = fc.constantFrom('a', 'a', 'a', 'b');
  const key = fc.integer({ min: 0, max: 120 }).map(String);
  return fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          act: fc.constant('put' as const),
          key,
          text: filters,
          zone: fc.constantFrom(...zones),
          partition,
        }),
      },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('remove' as const), key }) },
      {
        weight: 2,
        arbitrary: fc.record({ act: fc.constant('match' as const), subject: subjects, moment: moments, partition }),
      },
    ),
    { size: 'max', maxLength: 250 },
  );
}

/** An engine beside the plainest thing that does the same. */
class Beside {
  readonly plain = new Map<string, { filter: BoundFilter; partition: string }>();
  matched = 0;

  constructor(
    readonly catalogue: FieldCatalogue,
    public engine: FilterEngine,
  ) {}

  take(step: Step): void {
    if (step.act === 'put') {
      const filter = compile(step.text, this.catalogue, owner(step.zone));
      this.engine.put(step.key, filter, step.partition);
      this.plain.set(step.key, { filter, partition: step.partition });
    } else if (step.act === 'remove') {
      expect(this.engine.remove(step.key)).toBe(this.plain.delete(step.key));
      expect(this.engine.has(step.key)).toBe(false);
    } else this.compare(step.subject, step.moment, step.partition);
    expect(this.engine.size).toBe(this.plain.size);
  }

  compare(subject: Subject, moment: Moment, partition: string): void {
    const found = this.engine.match(subject, moment, partition).sort();
    const inPartition = [...this.plain].filter(([, entry]) => entry.partition === partition);
    const matching = (answer: (filter: BoundFilter) => boolean): string[] =>
      inPartition
        .filter(([, { filter }]) => answer(filter))
        .map(([key]) => key)
        .sort();
    expect(found).toEqual(matching((filter) => toMatcher(filter)(subject, moment)));
    expect(found).toEqual(matching((filter) => evaluate(filter, subject, moment)));
    this.matched += found.length;
  }
}

describe.each(Object.entries(targets))('an engine of %s', (_, target) => {
  it('finds what the matcher and the plain evaluator find, whatever comes and goes meanwhile', () => {
    let matched = 0;
    fc.assert(
      fc.property(steps(target), (taken) => {
        const beside = new Beside(target.catalogue, new FilterEngine(target.catalogue));
        for (const step of taken) beside.take(step);
        matched += beside.matched;
      }),
      { numRuns: 60 },
    );
    expect(matched).toBeGreaterThan(1_000);
  });

  it('finds the same among hundreds of filters, whose lists have opened', () => {
    fc.assert(
      fc.property(
        fc.array(target.filters, { minLength: 500, maxLength: 500, size: 'max' }),
        fc.array(fc.tuple(target.subjects, moments), { minLength: 40, maxLength: 40, size: 'max' }),
        (texts, asked) => {
          const beside = new Beside(target.catalogue, new FilterEngine(target.catalogue));
          for (const [at, text] of texts.entries()) {
            beside.take({ act: 'put', key: String(at), text, zone: zones[at % 3]!, partition: 'a' });
          }
          for (const [subject, moment] of asked) beside.compare(subject, moment, 'a');
        },
      ),
      { numRuns: 4 },
    );
  });
});
