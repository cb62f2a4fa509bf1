import type { BoundFilter, BoundNode, Predicate, Test } from '../bound.js';
import { check } from '../check.js';
import type { OwnerContext } from '../context.js';
import type { Field, FieldCatalogue } from '../fields.js';
import type { Moment } from '../leaves.js';
import { inMinorUnits } from '../money.js';
import type { Subject } from '../read.js';
import type { Tree } from '../tree.js';
import { resolveDay, resolveInstant } from '../when.js';

/**
 * The plainest possible evaluator: walks the tree for every subject, deciding everything anew. Slow on purpose; the
 * compiled matcher, the SQL and later the engine are compared with it.
 */
export function evaluate(filter: BoundFilter, subject: Subject, moment: Moment): boolean {
  const value = (path: string): unknown =>
    path.split('.').reduce<unknown>((at, key) => (at as Subject | null | undefined)?.[key], subject);

  const node = (at: BoundNode): boolean => {
    if (at.kind === 'test') return leaf(at);
    return at.kind === 'and' ? at.children.every(node) : at.children.some(node);
  };

  const leaf = (test: Test): boolean => {
    const root = test.was ? `${filter.catalogue.before ?? ''}.` : '';
    const holds = test.any.some((predicate) => ask(predicate, test.field, root));
    return holds !== test.negated;
  };

  const ask = (predicate: Predicate, field: Field | undefined, root: string): boolean => {
    if (predicate.is === 'words') {
      const stored = (value(filter.catalogue.words?.path ?? '') ?? []) as string[];
      const { all, prefix } = predicate;
      return (
        all.every((word) => stored.includes(word)) &&
        (prefix === undefined || stored.some((word) => word.startsWith(prefix)))
      );
    }
    if (!field) return false;
    if ('rowType' in field) {
      const type = moment.type ?? field.rowType;
      if (predicate.is === 'prefix') return type.startsWith(predicate.value);
      return predicate.is === 'present' || (predicate.is === 'one-of' && predicate.values.includes(type));
    }
    if (predicate.is === 'changed') return changed(field);
    if (field.type === 'money')
      return costs(predicate, value(root + field.amount.path), value(root + field.currency.path));
    if (field.type === 'period') return overlaps(predicate, value(root + field.from.path), value(root + field.to.path));
    return compare(predicate, field, value(root + field.at.path));
  };

  const changed = (field: Field): boolean => {
    if ('rowType' in field) return false;
    const paths =
      field.type === 'money'
        ? [field.amount.path, field.currency.path]
        : field.type === 'period'
          ? [field.from.path, field.to.path]
          : [field.at.path];
    return paths.some((path) => {
      const before = value(`${filter.catalogue.before ?? ''}.${path}`);
      return before !== undefined && JSON.stringify(before ?? null) !== JSON.stringify(value(path) ?? null);
    });
  };

  const costs = (predicate: Predicate, amount: unknown, currency: unknown): boolean => {
    if (typeof amount !== 'number' || typeof currency !== 'string') return false;
    if (predicate.is !== 'money') return predicate.is === 'present';
    const { low, high } = predicate;
    const least = low ? inMinorUnits(low.at, currency, moment.rates) : -Infinity;
    const most = high ? inMinorUnits(high.at, currency, moment.rates) : Infinity;
    if (least === undefined || most === undefined) return false;
    return (
      (low?.inclusive === false ? amount > least : amount >= least) &&
      (high?.inclusive === false ? amount < most : amount <= most)
    );
  };

  const overlaps = (predicate: Predicate, from: unknown, to: unknown): boolean => {
    if (predicate.is === 'present') return typeof from === 'string' && typeof to === 'string';
    if (predicate.is !== 'overlaps') return false;
    const ends = !predicate.from || (typeof to === 'string' && to > resolveDay(predicate.from, moment.now));
    return ends && (!predicate.to || (typeof from === 'string' && from < resolveDay(predicate.to, moment.now)));
  };

  const compare = (predicate: Predicate, field: Field, raw: unknown): boolean => {
    if (raw === null || raw === undefined || raw === '' || (Array.isArray(raw) && raw.length === 0)) return false;
    switch (predicate.is) {
      case 'present':
        return true;
      case 'one-of':
        return predicate.values.includes(raw as string);
      case 'prefix':
        return (raw as string).startsWith(predicate.value);
      case 'contains':
        return (raw as string).includes(predicate.value);
      case 'has-any':
        return predicate.values.some((wanted) => (raw as string[]).includes(wanted));
      case 'has-prefix':
        return (raw as string[]).some((member) => member.startsWith(predicate.value));
      case 'flag':
        return raw === predicate.value;
      case 'days':
        return (
          (!predicate.from || (raw as string) >= resolveDay(predicate.from, moment.now)) &&
          (!predicate.to || (raw as string) < resolveDay(predicate.to, moment.now))
        );
      case 'number': {
        const real = field.type === 'number' && field.precision === 'real';
        return between(raw as number, predicate, (limit) => limit, real ? Math.fround : Number);
      }
      case 'instant':
        return between(
          new Date(raw as string).getTime(),
          predicate,
          (limit) => resolveInstant(limit, moment.now),
          Number,
        );
      default:
        return false;
    }
  };

  return node(filter.root);
}

function between<T>(
  value: number,
  { low, high }: { low?: { at: T; inclusive: boolean }; high?: { at: T; inclusive: boolean } },
  of: (limit: T) => number,
  round: (value: number) => number,
): boolean {
  const number = round(value);
  if (low && !(low.inclusive ? number >= round(of(low.at)) : number > round(of(low.at)))) return false;
  return !high || (high.inclusive ? number <= round(of(high.at)) : number < round(of(high.at)));
}

/**
 * As `evaluate`, from the tree as it was parsed: only single terms are bound, so that negation is what it says and owes
 * nothing to the normal form.
 */
export function evaluateTree(
  tree: Tree,
  catalogue: FieldCatalogue,
  owner: OwnerContext,
): (subject: Subject, moment: Moment) => boolean {
  switch (tree.kind) {
    case 'not': {
      const child = evaluateTree(tree.child, catalogue, owner);
      return (subject, moment) => !child(subject, moment);
    }
    case 'and':
    case 'or': {
      const children = tree.children.map((child) => evaluateTree(child, catalogue, owner));
      return tree.kind === 'and'
        ? (subject, moment) => children.every((child) => child(subject, moment))
        : (subject, moment) => children.some((child) => child(subject, moment));
    }
    default: {
      const bound = check(tree, catalogue, owner);
      return (subject, moment) => evaluate(bound, subject, moment);
    }
  }
}
