import type { BoundFilter, BoundNode, Interval, Predicate, Test } from '../bound.js';
import type { Field, FieldCatalogue } from '../fields.js';
import type { Instant, Day } from '../when.js';
import { dayNumber, type DimensionPlace } from './dimension.js';
import { ALL, ANY, HIGH, HOLDS, INCLUSIVE, LIMIT, LIMIT_SHIFT, NOT, pushHalves, SHIFT, TEST } from './program.js';
import { gramAt, type Flavour, type SourcePlace } from './source.js';
import type { TestTable } from './test-table.js';
import type { ValueTable } from './value-table.js';

type GroupKind = typeof ALL | typeof ANY;
type Emit = () => void;

/** A filter that is an `or` of at most so many branches has one program for each, found by its own predicates. */
const MOST_BRANCHES = 32;
/** Three-unit pieces of a text sought within another by which such filters are found: more would cost more than they tell. */
const MOST_GRAMS = 3;

/** Numbers of ordered values. */
export interface Dimensions {
  intern(place: DimensionPlace): number;
}

interface Bound {
  readonly at: number;
  readonly high: boolean;
  readonly inclusive: boolean;
  readonly place: DimensionPlace;
}

/** Writes bound filters as programs: values and tests by number, limits in place, negation at the literals as it was. */
export class ProgramWriter {
  private out: number[] = [];

  constructor(
    private readonly catalogue: FieldCatalogue,
    private readonly values: ValueTable,
    private readonly tests: TestTable,
    private readonly dimensions: Dimensions,
  ) {}

  /** One program for each branch of the filter; a subject that one of them describes is what the filter asks for. */
  write(filter: BoundFilter): number[][] {
    const branches = flat(filter.root, 'or');
    const roots = branches.length <= MOST_BRANCHES ? branches : [filter.root];
    return roots.map((root) => {
      this.out = [];
      this.node(root, ALL);
      return this.out;
    });
  }

  private node(node: BoundNode, within: GroupKind): void {
    if (node.kind === 'test') this.test(node, within);
    else
      this.group(node.kind === 'and' ? ALL : ANY, within, () => {
        for (const child of node.children) this.node(child, node.kind === 'and' ? ALL : ANY);
      });
  }

  /** Members of a group of the same kind need no group of their own. */
  private group(kind: GroupKind, within: GroupKind, members: Emit): void {
    if (kind === within) return members();
    const at = this.out.push(0) - 1;
    members();
    this.out[at] = kind | ((this.out.length - at - 1) << SHIFT);
  }

  private test(test: Test, within: GroupKind): void {
    const kind = test.negated ? ALL : ANY;
    const [only] = test.any;
    if (test.any.length === 1 && only) return this.predicate(only, test, within);
    this.group(kind, within, () => {
      for (const predicate of test.any) this.predicate(predicate, test, kind);
    });
  }

  private predicate(predicate: Predicate, test: Test, within: GroupKind): void {
    const { field } = test;
    if (predicate.is === 'words') return this.words(predicate, test, within);
    if (!field) throw new Error(`a test of "${predicate.is}" needs a field`);
    if ('rowType' in field) return this.discrete({ kind: 'type', path: field.rowType }, predicate, test, within);
    const root = test.was ? `${this.catalogue.before ?? ''}.` : '';
    const bounds = boundsOf(predicate, field, root);
    if (bounds) return this.limits(bounds, test.negated, within);
    if (!('at' in field)) return this.other(predicate, test);
    this.discrete({ kind: sourceKind(predicate), path: root + field.at.path }, predicate, test, within);
  }

  private discrete(place: SourcePlace, predicate: Predicate, test: Test, within: GroupKind): void {
    switch (predicate.is) {
      case 'one-of':
      case 'has-any':
        return this.anyOf(predicate.values, place, test.negated, within);
      case 'prefix':
      case 'has-prefix':
        return this.holds(place, 'prefix', predicate.value, test.negated);
      case 'flag':
        return this.holds(place, 'exact', String(predicate.value), test.negated);
      case 'contains':
        return this.contains(place, predicate, test, within);
      default:
        return this.other(predicate, test);
    }
  }

  private anyOf(values: readonly string[], place: SourcePlace, negated: boolean, within: GroupKind): void {
    const kind = negated ? ALL : ANY;
    this.group(kind, values.length === 1 ? kind : within, () => {
      for (const value of values) this.holds(place, 'exact', value, negated);
    });
  }

  private words(predicate: Extract<Predicate, { is: 'words' }>, test: Test, within: GroupKind): void {
    const place: SourcePlace = { kind: 'list', path: this.catalogue.words?.path ?? '' };
    const { all, prefix } = predicate;
    if (!this.catalogue.words || all.length + Number(prefix !== undefined) === 0) return this.other(predicate, test);
    this.group(test.negated ? ANY : ALL, within, () => {
      for (const word of all) this.holds(place, 'exact', word, test.negated);
      if (prefix !== undefined) this.holds(place, 'prefix', prefix, test.negated);
    });
  }

  /** Text that has a text within has its pieces too, and pieces can be looked up. */
  private contains(
    place: SourcePlace,
    predicate: Extract<Predicate, { is: 'contains' }>,
    test: Test,
    within: GroupKind,
  ): void {
    const { value } = predicate;
    if (test.negated || value.length < 3) return this.other(predicate, test);
    this.group(ALL, within, () => {
      const last = value.length - 3;
      const places = new Set([0, last, last >> 1].slice(0, MOST_GRAMS));
      for (const at of places) this.holds(place, 'gram', String(gramAt(value, at)), false);
      this.other(predicate, test);
    });
  }

  private limits(bounds: readonly Bound[], negated: boolean, within: GroupKind): void {
    const kind = negated ? ANY : ALL;
    this.group(kind, bounds.length === 1 ? kind : within, () => {
      for (const { at, high, inclusive, place } of bounds) {
        const number = (this.dimensions.intern(place) << LIMIT_SHIFT) | (high ? HIGH : 0) | (inclusive ? INCLUSIVE : 0);
        this.out.push(LIMIT | (negated ? NOT : 0) | (number << SHIFT));
        pushHalves(at, this.out);
      }
    });
  }

  private holds(place: SourcePlace, flavour: Flavour, text: string, negated: boolean): void {
    this.out.push(HOLDS | (negated ? NOT : 0) | (this.values.intern(place, flavour, text) << SHIFT));
  }

  private other(predicate: Predicate, test: Test): void {
    this.out.push(TEST | (test.negated ? NOT : 0) | (this.tests.intern(test, predicate) << SHIFT));
  }
}

/** The branches of nested groups of one kind. */
function flat(node: BoundNode, kind: 'and' | 'or'): BoundNode[] {
  return node.kind === kind ? node.children.flatMap((child) => flat(child, kind)) : [node];
}

function sourceKind(predicate: Predicate): SourcePlace['kind'] {
  if (predicate.is === 'flag') return 'flag';
  return predicate.is === 'has-any' || predicate.is === 'has-prefix' ? 'list' : 'text';
}

/** The fixed limits of an ordered predicate. @returns undefined for what has none, or one that moves with the clock */
function boundsOf(predicate: Predicate, field: Field, root: string): Bound[] | undefined {
  if ('rowType' in field) return undefined;
  if (predicate.is === 'overlaps' && field.type === 'period') {
    const { from, to } = predicate;
    const end = day(from, true, false, { measure: 'day', path: root + field.to.path });
    return complete([end, day(to, false, false, { measure: 'day', path: root + field.from.path })]);
  }
  if (predicate.is === 'money' && field.type === 'money') {
    return complete(
      ends(predicate, (amount, high, inclusive) => ({
        at: amount.value,
        high,
        inclusive,
        place: {
          measure: 'money',
          path: root + field.amount.path,
          currencyPath: root + field.currency.path,
          currency: amount.currency,
        },
      })),
    );
  }
  if (!('at' in field)) return undefined;
  const path = root + field.at.path;
  switch (predicate.is) {
    case 'days':
      return complete([
        day(predicate.from, true, true, { measure: 'day', path }),
        day(predicate.to, false, false, { measure: 'day', path }),
      ]);
    case 'instant':
      return complete(ends(predicate, (instant, high, inclusive) => fixed(instant, high, inclusive, path)));
    case 'number': {
      const real = field.type === 'number' && field.precision === 'real';
      const place: DimensionPlace = { measure: real ? 'real' : 'number', path };
      return complete(
        ends(predicate, (at, high, inclusive) => ({ at: real ? Math.fround(at) : at, high, inclusive, place })),
      );
    }
    default:
      return undefined;
  }
}

/** `null` stands for a limit that is not a fixed number; undefined for none. */
type Found = Bound | null | undefined;

function complete(found: readonly Found[]): Bound[] | undefined {
  const there = found.filter((bound) => bound !== undefined);
  if (there.length === 0 || there.includes(null)) return undefined;
  return there.filter((bound) => bound !== null);
}

function ends<T>({ low, high }: Interval<T>, bound: (at: T, high: boolean, inclusive: boolean) => Found): Found[] {
  return [low && bound(low.at, false, low.inclusive), high && bound(high.at, true, high.inclusive)];
}

function fixed(instant: Instant, high: boolean, inclusive: boolean, path: string): Found {
  return 'at' in instant ? { at: instant.at, high, inclusive, place: { measure: 'instant', path } } : null;
}

function day(limit: Day | undefined, low: boolean, inclusive: boolean, place: DimensionPlace): Found {
  if (!limit) return undefined;
  const at = 'day' in limit ? dayNumber(limit.day) : NaN;
  return Number.isNaN(at) ? null : { at, high: !low, inclusive, place };
}
