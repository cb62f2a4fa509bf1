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
  type Predicate,
  type Subject,
  type Test,
  SnapshotError,
} from '../index.js';
import { dealFilters, deals, someNow, someRates } from '../testing/arbitraries.js';
import { evaluate } from '../testing/naive.js';
import { fewPlaces } from '../testing/places.js';
import { jsonChunk } from './snapshot.js';
import { hashOf } from './source.js';
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
      expect(this.engine.mark(step.key)).toBeUndefined();
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
      { numRuns: 40 },
    );
    expect(matched).toBeGreaterThan(500);
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
          beside.engine = FilterEngine.restore(target.catalogue, cut([...beside.engine.snapshot()], 1_000));
          for (const [subject, moment] of asked) beside.compare(subject, moment, 'a');
          for (const [at, text] of texts.slice(0, 30).entries()) {
            beside.take({ act: 'remove', key: String(at * 3) });
            beside.take({ act: 'put', key: `again ${at}`, text, zone: 'UTC', partition: 'a' });
          }
          for (const [subject, moment] of asked) beside.compare(subject, moment, 'a');
        },
      ),
      { numRuns: 2 },
    );
  });

  it('goes on finding them while thousands come and go and generations follow each other', () => {
    const texts = fc.sample(target.filters, { numRuns: 2_500, seed: 11 });
    const asked = fc.sample(fc.tuple(target.subjects, moments), { numRuns: 6, seed: 12 });
    const beside = new Beside(target.catalogue, new FilterEngine(target.catalogue));
    for (const [at, text] of texts.entries()) {
      beside.take({ act: 'put', key: String(at % 1_900), text, zone: 'UTC', partition: at % 5 === 0 ? 'b' : 'a' });
      if (at % 7 === 0) beside.take({ act: 'remove', key: String(at >> 1) });
      if (at % 400 === 399) for (const [subject, moment] of asked) beside.compare(subject, moment, 'a');
    }
    for (const [subject, moment] of asked) beside.compare(subject, moment, 'b');
    for (const key of [...beside.plain.keys()].slice(5)) beside.take({ act: 'remove', key });
    for (const [subject, moment] of asked) beside.compare(subject, moment, 'a');
  });
});

/** The same bytes in pieces of another length. */
function* cut(chunks: readonly Uint8Array[], length: number): Generator<Uint8Array> {
  const bytes = Buffer.concat(chunks);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

describe('an engine', () => {
  const moment: Moment = { now: someNow.getTime(), rates: someRates };
  const engineOf = (...texts: string[]): FilterEngine => {
    const engine = new FilterEngine(dealFields);
    for (const text of texts) engine.put(text, compile(text, dealFields, owner()));
    return engine;
  };
  const hundred = Array.from({ length: 100 }, (_, at) => `origin:NYC price<=${at}`);

  it('finds nothing without filters, and everything by the empty one', () => {
    expect(engineOf().match({}, moment)).toEqual([]);
    expect(engineOf('').match({}, moment)).toEqual(['']);
    expect(engineOf('').match({}, moment, 'elsewhere')).toEqual([]);
  });

  it('answers each filter once, though several of its alternatives hold', () => {
    const text = '(origin:NYC,BOS or to:lisbon or cabin:first) (airline:tap,lot or nonstop:yes)';
    const subject = {
      originKeys: ['city:NYC', 'city:BOS'],
      cabin: 'first',
      airlinesFolded: ['tap', 'lot'],
      nonstop: true,
    };
    expect(engineOf(text, ...hundred).match(subject, moment)).toEqual([text]);
  });

  it.each<[string, Subject]>([
    ['null', null as unknown as Subject],
    [
      'values of other types',
      { originKeys: 'city:NYC', priceMinor: 'x', currency: 7, words: [null, 3, {}], travelTo: [] },
    ],
    [
      'a getter that throws',
      Object.defineProperty({}, 'originKeys', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    ['an endless number', { priceMinor: Infinity, currency: 'USD', percentile: NaN }],
    ['a list of ten thousand', { originKeys: Array.from({ length: 10_000 }, String) }],
  ])('never throws at %s', (_, subject) => {
    const engine = engineOf(
      'origin:NYC',
      'price<400',
      'lisbon',
      'departs>2027',
      'percentile<5',
      'title:abc',
      '-origin:BOS',
    );
    expect(engine.match(subject, moment)).toEqual(['-origin:BOS']);
  });

  it('lets no filter that cannot be answered stop the others', () => {
    const engine = engineOf('cabin:first', 'found>-7d', '-found>-7d', '-cabin:first');
    expect(engine.match({ cabin: 'first', foundAt: someNow }, { now: NaN })).toEqual(['cabin:first']);
  });

  it('takes no filter of another catalogue, and no nonsense, and stays as it was', () => {
    const engine = engineOf('cabin:first');
    expect(() => engine.put('x', compile('status:open', taskLikeFields, owner()))).toThrow('A filter of tasks');
    const field = dealFields.find('cabin')!;
    const nonsense = { is: 'number', low: { at: 1, inclusive: true } } as const;
    const span = { start: 0, end: 0 };
    const test = (any: readonly [Predicate]): Test => ({ kind: 'test', negated: false, was: false, field, any, span });
    const root = {
      kind: 'and',
      children: [test([{ is: 'one-of', values: ['new'] }]), test([{ is: 'overlaps' }])],
    } as const;
    expect(() => engine.put('cabin:first', { catalogue: dealFields, root })).toThrow('cannot be asked');
    engine.put('harmless', { catalogue: dealFields, root: test([nonsense]) });
    expect(engine.match({ cabin: 'first' }, moment)).toEqual(['cabin:first']);
  });

  it('follows the clock and the rates of each event', () => {
    const engine = engineOf('found>-1h', 'price<=400EUR', ...hundred);
    const subject = { foundAt: someNow.toISOString(), priceMinor: 41_000, currency: 'USD' };
    expect(engine.match(subject, moment).sort()).toEqual(['found>-1h', 'price<=400EUR']);
    const later = {
      now: moment.now + 3_600_001,
      rates: new Map([
        ['USD', 1],
        ['EUR', 0.9],
      ]),
    };
    expect(engine.match(subject, later)).toEqual([]);
    expect(engine.match(subject, { now: later.now })).toEqual([]);
  });

  it('orders days that are no days as text, as the matcher does', () => {
    const texts = Array.from({ length: 30 }, (_, at) => `book-by>=2027-03-${at + 1}`.replace(/-(\d)$/, '-0$1'));
    const engine = engineOf(...texts);
    const subject = { bookBy: '2027-03x05' };
    const wanted = texts.filter((text) => toMatcher(compile(text, dealFields, owner()))(subject, moment));
    expect(engine.match(subject, moment).sort()).toEqual(wanted);
    expect(wanted.length).toBe(30);
  });

  it('tells texts of one hash apart, whether asked for, asked not to be there, or both in one event', () => {
    const { texts, hash } = ofOneHash((text) => hashOf(0, 'exact', text));
    expect(texts.map((text) => hashOf(0, 'exact', text))).toEqual([hash, hash]);
    const [one, other] = texts;
    const engine = new FilterEngine(taskLikeFields);
    const put = (key: string, text: string) => engine.put(key, compile(text, taskLikeFields, owner()));
    put('one', `label:${one}`);
    put('not one', `-label:${one}`);
    put('one or none', `label:${one} or label:none`);
    const found = (...labels: string[]) => engine.match({ labels }, moment).sort();
    expect(found(one)).toEqual(['one', 'one or none']);
    expect(found(other)).toEqual(['not one']);
    expect(found(other, 'none')).toEqual(['not one', 'one or none']);
    expect(found(other, one)).toEqual(['one', 'one or none']);
    expect(found(one, other)).toEqual(['one', 'one or none']);
    put('other', `label:${other} -label:${one}`);
    expect(found(other)).toEqual(['not one', 'other']);
    expect(found(one, other)).toEqual(['one', 'one or none']);
    expect(found(other, one)).toEqual(['one', 'one or none']);
    engine.remove('other');
    expect(found(other)).toEqual(['not one']);
    expect(found(one)).toEqual(['one', 'one or none']);
  });

  it('finds beginnings of every length, also after some were taken away and their numbers given to others', () => {
    const engine = new FilterEngine(taskLikeFields);
    const put = (text: string) => engine.put(text, compile(text, taskLikeFields, owner()));
    const found = (status: string) => engine.match({ status, authorId: 'a' }, moment).sort();
    for (const text of ['status:o*', 'status:op*', 'status:open*', 'status:opera*', 'status:open', '-status:op*'])
      put(text);
    expect(found('open')).toEqual(['status:o*', 'status:op*', 'status:open', 'status:open*']);
    expect(found('oh')).toEqual(['-status:op*', 'status:o*']);
    for (const text of ['status:op*', '-status:op*', 'status:open']) engine.remove(text);
    put('status:opened');
    put('status:xy*');
    expect(found('opened')).toEqual(['status:o*', 'status:open*', 'status:opened']);
    expect(found('xyz')).toEqual(['status:xy*']);
    expect(found('x')).toEqual([]);
  });

  it('holds as many values and finds as many filters of one event as there are', () => {
    const engine = new FilterEngine(taskLikeFields);
    const labels = Array.from({ length: 3_000 }, (_, at) => `label${at}`);
    for (const label of labels) engine.put(label, compile(`label:${label},none`, taskLikeFields, owner()));
    expect(engine.match({ labels }, moment).sort()).toEqual([...labels].sort());
    expect(engine.match({ labels: ['label7'] }, moment)).toEqual(['label7']);
    expect(engine.match({ labels: ['none', ...labels] }, moment).length).toBe(3_000);
  });

  it('answers for 2^28 events and beyond', () => {
    const engine = engineOf('cabin:first', 'found>-1h', 'price<=400');
    const asked = (engine as unknown as { asked: { epoch: number } }).asked;
    const subject = { cabin: 'first', foundAt: someNow.toISOString(), priceMinor: 1, currency: 'USD' };
    expect(engine.match(subject, moment).length).toBe(3);
    asked.epoch = 2 ** 28 - 1;
    expect(engine.match(subject, moment).length).toBe(3);
    expect(engine.match({}, moment)).toEqual([]);
    expect(asked.epoch).toBe(1);
    expect(engine.match(subject, moment).length).toBe(3);
  });

  it('files its filters anew by what events hold, and finds what it found', () => {
    const texts = hundred.flatMap((text) => [text, `${text} (cabin:first or title:abc)`, `${text} to:lisbon`]);
    const engine = engineOf(...texts, 'cabin:first');
    const generation = (): unknown => (engine as unknown as { current: unknown }).current;
    const first = generation();
    const subject = { originKeys: ['city:NYC'], destinationKeys: ['city:LIS'], priceMinor: 5_050, currency: 'USD' };
    const found = engine.match(subject, moment).sort();
    expect(found.length).toBe(98);
    for (let asked = 0; asked < 75_000; asked += 1) engine.match({ cabin: 'first' }, moment);
    expect(generation()).not.toBe(first);
    expect(engine.match(subject, moment).sort()).toEqual(found);
    expect(engine.match({ cabin: 'first' }, moment)).toEqual(['cabin:first']);
  });

  it('restores an empty snapshot, and one with all that a filter may hold', () => {
    expect(FilterEngine.restore(dealFields, engineOf().snapshot()).size).toBe(0);
    const engine = engineOf('title:"no way" -found>-7d', 'un*', 'price:1..4EUR', ...hundred);
    engine.put('b', compile('', dealFields, owner()), 'b');
    const restored = FilterEngine.restore(dealFields, engine.snapshot());
    expect(restored.size).toBe(104);
    expect(restored.match({}, moment, 'b')).toEqual(['b']);
    expect(restored.match({ words: ['united'] }, moment)).toEqual(['un*']);
  });

  it('refuses a snapshot of other fields, of another version, cut short or damaged', () => {
    const chunks = [...engineOf(...hundred).snapshot()];
    const bytes = Buffer.concat(chunks);
    const restore =
      (from: Uint8Array, catalogue = dealFields) =>
      () =>
        FilterEngine.restore(catalogue, [from]);
    expect(restore(bytes, taskLikeFields)).toThrow('not of tasks');
    const other = Buffer.concat([jsonChunk({ format: 'signalbox filters', version: 0 }), ...chunks.slice(1)]);
    expect(restore(other)).toThrow('of version 0');
    expect(restore(Buffer.from('something else altogether'))).toThrow('none at all');
    for (const end of [0, 3, 12, bytes.length >> 1, bytes.length - 12, bytes.length - 1]) {
      expect(restore(bytes.subarray(0, end))).toThrow('ends too early');
    }
    for (let at = 0; at < bytes.length; at += 97) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x10;
      expect(restore(damaged)).toThrow(SnapshotError);
    }
  });
});

/** Two texts that no table of hashes can tell apart; among some hundred thousand there are such. */
function ofOneHash(of: (text: string) => number): { texts: [string, string]; hash: number } {
  const known = new Map<number, string>();
  for (let at = 0; ; at += 1) {
    const text = `w${at.toString(36)}`;
    const hash = of(text);
    const other = known.get(hash);
    if (other !== undefined) return { texts: [other, text], hash };
    known.set(hash, text);
  }
}
