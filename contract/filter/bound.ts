import type { Span } from './errors.js';
import type { Field, FieldCatalogue } from './fields.js';
import type { Amount } from './money.js';
import type { Day, Instant } from './when.js';

/** One end of an interval. */
export interface Limit<T> {
  readonly at: T;
  readonly inclusive: boolean;
}

/** An interval; a missing end is open. At least one is there. */
export interface Interval<T> {
  readonly low?: Limit<T>;
  readonly high?: Limit<T>;
}

/** A question about one field's value with everything in it resolved except the moment and the rates. */
export type Predicate =
  | { readonly is: 'present' }
  | { readonly is: 'changed' }
  | { readonly is: 'one-of'; readonly values: readonly string[] }
  | { readonly is: 'prefix'; readonly value: string }
  | { readonly is: 'contains'; readonly value: string }
  | { readonly is: 'has-any'; readonly values: readonly string[] }
  | { readonly is: 'has-prefix'; readonly value: string }
  | { readonly is: 'flag'; readonly value: boolean }
  | ({ readonly is: 'number' } & Interval<number>)
  | ({ readonly is: 'money' } & Interval<Amount>)
  | ({ readonly is: 'instant' } & Interval<Instant>)
  /** On days, `from` is inclusive and `to` exclusive. */
  | { readonly is: 'days'; readonly from?: Day; readonly to?: Day }
  /** The subject's period has a day in [from, to). */
  | { readonly is: 'overlaps'; readonly from?: Day; readonly to?: Day }
  | { readonly is: 'words'; readonly all: readonly string[]; readonly prefix?: string };

/** A leaf: any of its predicates holds; a missing value makes each of them false, and then `negated` turns the answer. */
export interface Test {
  readonly kind: 'test';
  readonly negated: boolean;
  /** Ask the value from before the event. */
  readonly was: boolean;
  /** Absent for bare words. */
  readonly field?: Field;
  readonly any: readonly Predicate[];
  /** Where in the filter's text it stands. */
  readonly span: Span;
}

/** A filter in negation normal form: negation stands at the leaves only. An empty `and` is true, an empty `or` false. */
export type BoundNode = Test | { readonly kind: 'and' | 'or'; readonly children: readonly BoundNode[] };

/** A filter bound to a target's fields and its owner's settings: what every compiler starts from. */
export interface BoundFilter {
  readonly catalogue: FieldCatalogue;
  readonly root: BoundNode;
}
