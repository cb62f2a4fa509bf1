import type { BoundFilter, BoundNode, Predicate, Test } from './bound.js';
import type { OwnerContext } from './context.js';
import { FilterError, type Span } from './errors.js';
import type { Field, FieldCatalogue } from './fields.js';
import { words } from './fold.js';
import { shorten } from './text.js';
import { nearest } from './nearest.js';
import { asValue, type Term, type Tree, type Value, type Words } from './tree.js';
import { bindValue } from './values.js';

const WAS = 'was.';
const CHANGED = 'changed';

/**
 * Binds a parsed filter to a target's fields: finds the fields, types the values, resolves `me`, places, currencies and
 * fixed dates (moving ones stay symbolic), and pushes negation to the leaves.
 *
 * @throws FilterError with the nearest known field or value where one is near
 */
export function check(tree: Tree, catalogue: FieldCatalogue, owner: OwnerContext): BoundFilter {
  return { catalogue, root: new Checker(catalogue, owner).bind(tree, false) };
}

class Checker {
  constructor(
    private readonly catalogue: FieldCatalogue,
    private readonly owner: OwnerContext,
  ) {}

  bind(tree: Tree, negated: boolean): BoundNode {
    switch (tree.kind) {
      case 'not':
        return this.bind(tree.child, !negated);
      case 'words':
        return this.words(tree, negated);
      case 'term':
        return this.term(tree, negated);
      default:
        return group(
          (tree.kind === 'and') === negated ? 'or' : 'and',
          tree.children.map((child) => this.bind(child, negated)),
        );
    }
  }

  private words(tree: Words, negated: boolean): Test {
    if (!this.catalogue.words) {
      throw new FilterError('bad-field', tree.span, `A bare word has nothing to search in ${this.catalogue.target}.`, {
        expected: 'field:value',
      });
    }
    const all = words(tree.value.text);
    if (all.length === 0) {
      throw new FilterError('bad-value', tree.span, 'There is no word to look for in this.', {
        expected: 'letters or digits',
      });
    }
    const prefix = tree.value.kind === 'prefix' ? all.pop() : undefined;
    const predicate: Predicate = { is: 'words', all, ...(prefix === undefined ? {} : { prefix }) };
    return { kind: 'test', negated, was: false, any: [predicate], span: tree.span };
  }

  private term(term: Term, negated: boolean): BoundNode {
    const name = term.field.toLowerCase();
    const turned = negated !== (term.operator === '!=');
    if (name === CHANGED) return this.changed(term, turned);
    const was = name.startsWith(WAS);
    if (was) this.requireBefore(term);
    const field = this.field(was ? name.slice(WAS.length) : name, term, was ? WAS : '');
    if (was) this.requireMemory(field, term.fieldSpan);
    this.requireOneValue(term);
    const any = merged(term.values.map((value) => bindValue(field, term, value, this.owner)));
    return { kind: 'test', negated: turned, was, field, any, span: term.span };
  }

  /** `changed:a,b`: any of the fields differs from before. */
  private changed(term: Term, negated: boolean): BoundNode {
    this.requireBefore(term);
    if (!/^(?::|=|!=)$/.test(term.operator)) {
      throw new FilterError('bad-operator', term.span, '"changed" asks whether a field changed; it has no order.', {
        expected: 'changed:field',
      });
    }
    const tests = term.values.map((value): Test => {
      const field = this.field(fieldName(value), { field: fieldName(value), fieldSpan: value.span }, '');
      this.requireMemory(field, value.span);
      return { kind: 'test', negated, was: false, field, any: [{ is: 'changed' }], span: term.span };
    });
    return group(negated ? 'and' : 'or', tests);
  }

  private requireBefore(term: Term): void {
    if (this.catalogue.before !== undefined) return;
    throw new FilterError('events-only', term.span, `${capitalised(this.catalogue.target)} tell no earlier values.`, {
      expected: 'changed: and was. only where events tell what a field was before',
    });
  }

  private requireMemory(field: Field, at: Span): void {
    if (this.catalogue.remembers(field)) return;
    const sentence =
      'rowType' in field
        ? `"${field.name}" is the event's own kind, which has no earlier value.`
        : `No event tells an earlier value of "${field.name}".`;
    const told = this.catalogue.fields.filter((one) => this.catalogue.remembers(one)).map(({ name }) => name);
    throw new FilterError('bad-field', at, sentence, { expected: `one of ${told.join(', ')}` });
  }

  private requireOneValue(term: Term): void {
    if (!/^[<>]/.test(term.operator)) return;
    const [first, second] = term.values;
    if (!second && first?.kind === 'scalar') return;
    throw new FilterError(
      'bad-value',
      second?.span ?? first?.span ?? term.span,
      `"${term.operator}" takes one plain value.`,
      {
        expected: `${shorten(term.field)}${term.operator}value; alternatives and ranges go with ":"`,
      },
    );
  }

  private field(name: string, written: Pick<Term, 'field' | 'fieldSpan'>, prefix: string): Field {
    const field = this.catalogue.find(name);
    if (field) return field;
    const suggestion = nearest(name, this.catalogue.names());
    throw new FilterError(
      'unknown-field',
      written.fieldSpan,
      `${capitalised(this.catalogue.target)} have no field "${shorten(written.field)}".` +
        (suggestion ? ` Did you mean "${prefix}${suggestion}"?` : ''),
      {
        expected: `one of ${this.catalogue.fields.map((known) => known.name).join(', ')}; or the text in quotes`,
        ...(suggestion ? { suggestion: asValue(prefix + suggestion) } : {}),
      },
    );
  }
}

function fieldName(value: Value): string {
  if (value.kind === 'scalar') return value.text;
  throw new FilterError('bad-value', value.span, '"changed" takes the name of a field.', { expected: 'changed:field' });
}

/** Alternatives of one kind become one predicate, which both compilers answer with one lookup. */
function merged(predicates: readonly Predicate[]): Predicate[] {
  const result: Predicate[] = [];
  for (const kind of ['one-of', 'has-any'] as const) {
    const values = predicates.flatMap((predicate) => (predicate.is === kind ? predicate.values : []));
    if (values.length > 0) result.push({ is: kind, values: [...new Set(values)] });
  }
  return [...result, ...predicates.filter(({ is }) => is !== 'one-of' && is !== 'has-any')];
}

function group(kind: 'and' | 'or', children: readonly BoundNode[]): BoundNode {
  const [only] = children;
  return children.length === 1 && only ? only : { kind, children };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
