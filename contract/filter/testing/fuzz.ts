import fc, { type Arbitrary } from 'fast-check';
import {
  canonical,
  compile,
  dealFields,
  FilterEngine,
  FilterError,
  MAX_LENGTH,
  parse,
  print,
  toMatcher,
  type BoundFilter,
  type Subject,
  type Tree,
} from '../index.js';
import { dealFilters, deals, someNow, someRates } from './arbitraries.js';
import { evaluate } from './naive.js';
import { fewPlaces } from './places.js';

const owner = { zone: 'Europe/Lisbon', currency: 'USD', places: fewPlaces };
const moment = { now: someNow.getTime(), rates: someRates };
const subjects: readonly Subject[] = fc.sample(deals, { numRuns: 12, seed: 5 });
/** Filters stay in the engine until so many others have come. */
const KEPT = 400;

const pieces = fc.constantFrom(
  ...['(', ')', '-', '"', '\\', '*', '..', ',', ':', '=', '!=', '<', '<=', '>', '>=', ' ', ' or ', ' and ', 'not '],
  ...[
    'price',
    'to',
    'title',
    'found',
    'was.',
    'changed:',
    'me',
    '7d',
    '2027-03',
    '400EUR',
    'lis',
    '\u0000',
    '\uD800',
    '🔥',
    '“',
    '：',
  ],
);
const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => new TextDecoder('utf-8').decode(array));
const soup = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 })
  .map((parts) => parts.join(''));
/** A right filter with a few cuts, insertions and repetitions. */
const mutated = fc
  .tuple(
    dealFilters,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 6 }), fc.oneof(pieces, fc.constant(''), bytes)), { maxLength: 4 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([text, cuts, times]) => {
    let result = text;
    for (const [at, length, insert] of cuts) {
      const from = at % (result.length + 1);
      result = result.slice(0, from) + insert + result.slice(from + length);
    }
    return result.repeat(times);
  });

/** Texts that somebody could send as a filter: right ones, nearly right ones, and anything at all. */
export const anyText: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: mutated },
  { weight: 2, arbitrary: soup },
  { weight: 1, arbitrary: bytes },
  { weight: 1, arbitrary: dealFilters },
);

/** What is tried with each text; the engine goes on from text to text, so that filters meet in it. */
export class Fuzzed {
  /** How many texts were right filters of deals. */
  understood = 0;
  private readonly engine = new FilterEngine(dealFields);
  private taken = 0;

  /** @throws Error when anything but a `FilterError` inside the text comes of it, or the ways to answer it differ */
  take(text: string): void {
    const tree = refusing(text, () => parse(text));
    if (!tree) return;
    requireFixed(tree, text);
    const filter = refusing(text, () => compile(text, dealFields, owner));
    if (filter) this.requireAgreement(filter, text);
  }

  private requireAgreement(filter: BoundFilter, text: string): void {
    const key = String(this.taken++ % KEPT);
    this.engine.put(key, filter);
    this.understood += 1;
    const matches = toMatcher(filter);
    for (const subject of subjects) {
      const expected = evaluate(filter, subject, moment);
      if (matches(subject, moment) !== expected) throw new Error(`the matcher errs about ${JSON.stringify(text)}`);
      if (this.engine.match(subject, moment).includes(key) !== expected) {
        throw new Error(`the engine errs about ${JSON.stringify(text)}`);
      }
    }
  }
}

function requireFixed(tree: Tree, text: string): void {
  const once = print(canonical(tree, dealFields));
  // Writing a filter out adds parentheses and quotes; past the limits it cannot be read again, and need not be.
  if (once.length > MAX_LENGTH) return;
  const again = refusing(once, () => parse(once));
  if (!again) {
    if (text.length < 1_000) throw new Error(`the canonical form of ${JSON.stringify(text)} is refused`);
    return;
  }
  const twice = print(canonical(again, dealFields));
  if (twice !== once) throw new Error(`the canonical form of ${JSON.stringify(text)} has another one`);
}

/** @returns undefined when the text is refused as it should be */
function refusing<T>(text: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { start, end } = error.position;
    if (start >= 0 && start <= end && end <= text.length) return undefined;
    throw new Error(`an error outside of ${JSON.stringify(text)}`, { cause: error });
  }
}
