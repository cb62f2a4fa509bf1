import { parse } from './parser.js';
import { asValue, printValue, type Operator, type Scalar, type Prefix, type Tree, type Value } from './tree.js';

/** One line of a form: a field, how it is compared, and with what. Bare words have no field. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  /** As a person types it: alternatives with commas between them, quotes only around what would else be read otherwise. */
  readonly value: string;
  readonly not: boolean;
}

/**
 * A filter as lines of which all must be true.
 *
 * @returns undefined for what no such form can show: alternatives of several fields, groups that are negated, earlier values
 * @throws FilterError where the text is no filter
 */
export function toForm(text: string): Condition[] | undefined {
  return lines(parse(text));
}

/** The text of a form; lines without a value are left out. The same lines come back from it by `toForm`. */
export function fromForm(conditions: readonly Condition[]): string {
  return conditions
    .map(({ field, operator, value, not }) => {
      const values = pieces(value).map((piece) => written(piece, field !== ''));
      if (values.length === 0) return '';
      const sign = not ? '-' : '';
      if (field === '') return values.map((one) => sign + one).join(' ');
      return `${sign}${field}${operator}${values.join(',')}`;
    })
    .filter(Boolean)
    .join(' ');
}

function lines(tree: Tree): Condition[] | undefined {
  if (tree.kind !== 'and') {
    const one = line(tree, false);
    return one && [one];
  }
  const all = tree.children.map((child) => line(child, false));
  return all.every((one) => one !== undefined) ? all : undefined;
}

function line(tree: Tree, not: boolean): Condition | undefined {
  switch (tree.kind) {
    case 'not':
      return not ? undefined : line(tree.child, true);
    case 'words':
      return { field: '', operator: ':', value: shown(tree.value), not };
    case 'term': {
      if (/^(?:changed|was\..*)$/i.test(tree.field)) return undefined;
      return {
        field: tree.field.toLowerCase(),
        operator: tree.operator,
        value: tree.values.map(shown).join(', '),
        not,
      };
    }
    default:
      return undefined;
  }
}

/** Without its quotes where nothing is lost by that. */
function shown(value: Value): string {
  if (value.kind === 'present' || value.kind === 'range') return printValue(value);
  return plain(value) ? value.text + (value.kind === 'prefix' ? '*' : '') : printValue(value);
}

function plain({ text, kind, quoted }: Scalar | Prefix): boolean {
  return !quoted || (kind === 'scalar' && !/[",*\\]|\.\.|^-|^\s|\s$|^$/.test(text) && !/^(?:or|and|not)$/i.test(text));
}

/** Splits at the commas that stand outside of quotes. */
function pieces(value: string): string[] {
  return (value.match(/(?:"(?:\\[^]|[^"\\])*"?|[^,"])+/g) ?? []).map((piece) => piece.trim()).filter(Boolean);
}

/** @param ranged false for bare words, in which two points say nothing */
function written(piece: string, ranged: boolean): string {
  if (/^"(?:\\[^]|[^"\\])*"\*?$/.test(piece) || piece === '*') return piece;
  if (ranged && /^[^\s(),:"]*\.\.[^\s(),"]*$/.test(piece) && !/^\.+$/.test(piece)) return piece;
  if (piece.endsWith('*') && !piece.slice(0, -1).includes('*')) return `${asValue(piece.slice(0, -1))}*`;
  if (ranged && piece.includes('"') && piece.includes('..')) return piece;
  // By themselves these would say something to the grammar.
  if (!ranged && /^(?:-.*|or|and|not)$/i.test(piece)) return `"${piece.replace(/[\\"]/g, '\\$&')}"`;
  return asValue(piece);
}
