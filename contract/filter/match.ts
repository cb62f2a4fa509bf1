import type { BoundFilter, BoundNode, Predicate, Test } from './bound.js';
import type { Field, FieldCatalogue } from './fields.js';
import {
  changeMatcher,
  dayMatcher,
  hasAny,
  instantMatcher,
  listMatcher,
  moneyMatcher,
  numberMatcher,
  oneOf,
  periodMatcher,
  presence,
  read,
  textMatcher,
  typeMatcher,
  wordMatcher,
  type Matcher,
} from './leaves.js';
import { asDay, asInstant, asList, asNumber, asText, type Read } from './read.js';

/** Compiles a bound filter to closures: paths, types and constants are settled once, a match only reads and compares. */
export function toMatcher(filter: BoundFilter): Matcher {
  return compileNode(filter.root, filter.catalogue);
}

/** Compiles one node of a bound filter; a part of a filter is a filter. */
export function compileNode(node: BoundNode, catalogue: FieldCatalogue): Matcher {
  if (node.kind === 'test') return compileTest(node, catalogue);
  const parts = node.children.map((child) => compileNode(child, catalogue));
  return node.kind === 'and' ? every(parts) : some(parts);
}

function every(parts: readonly Matcher[]): Matcher {
  const [a, b, c] = parts;
  if (!a) return () => true;
  if (!b) return a;
  if (!c) return (subject, moment) => a(subject, moment) && b(subject, moment);
  if (parts.length === 3) return (subject, moment) => a(subject, moment) && b(subject, moment) && c(subject, moment);
  return (subject, moment) => {
    for (const part of parts) if (!part(subject, moment)) return false;
    return true;
  };
}

function some(parts: readonly Matcher[]): Matcher {
  const [a, b] = parts;
  if (!a) return () => false;
  if (!b) return a;
  if (parts.length === 2) return (subject, moment) => a(subject, moment) || b(subject, moment);
  return (subject, moment) => {
    for (const part of parts) if (part(subject, moment)) return true;
    return false;
  };
}

function compileTest(test: Test, catalogue: FieldCatalogue): Matcher {
  const holds = some(test.any.map((predicate) => compilePredicate(predicate, test, catalogue)));
  return test.negated ? (subject, moment) => !holds(subject, moment) : holds;
}

function compilePredicate(predicate: Predicate, test: Test, catalogue: FieldCatalogue): Matcher {
  if (predicate.is === 'words') return wordMatcher(predicate, asList(read(catalogue.words, '')));
  const { field } = test;
  if (!field) throw new Error(`a test of "${predicate.is}" needs a field`);
  if ('rowType' in field) return typeMatcher(predicate, field.rowType);
  if (predicate.is === 'changed') return changeMatcher(field, catalogue);
  const root = test.was ? `${catalogue.before ?? ''}.` : '';
  if (field.type === 'money') return moneyMatcher(predicate, field, root);
  if (field.type === 'period') return periodMatcher(predicate, field, root);
  if (predicate.is === 'present') return presence(field, read(field.at, root));
  return valueMatcher(predicate, field, read(field.at, root));
}

function valueMatcher(predicate: Predicate, field: Field, raw: Read<unknown>): Matcher {
  switch (predicate.is) {
    case 'one-of':
      return oneOf(asText(raw), predicate.values);
    case 'prefix':
      return textMatcher(asText(raw), (text) => text.startsWith(predicate.value));
    case 'contains':
      return textMatcher(asText(raw), (text) => text.includes(predicate.value));
    case 'has-any':
      return hasAny(asList(raw), predicate.values);
    case 'has-prefix':
      return listMatcher(asList(raw), (member) => member.startsWith(predicate.value));
    case 'flag':
      return (subject) => raw(subject) === predicate.value;
    case 'number':
      return numberMatcher(asNumber(raw), predicate, field.type === 'number' ? field.precision : 'double');
    case 'instant':
      return instantMatcher(asInstant(raw), predicate);
    case 'days':
      return dayMatcher(asDay(raw), predicate);
    default:
      throw new Error(`"${predicate.is}" cannot be asked of the ${field.type} "${field.name}"`);
  }
}
