import type { Span } from './errors.js';

/** What stands between a field and its value. */
export type Operator = ':' | '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A value as written: its text without quotes and escapes, and whether it stood in quotes. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** `abc*`: everything that begins so. */
export interface Prefix {
  readonly kind: 'prefix';
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** `*`: any value at all. */
export interface Present {
  readonly kind: 'present';
  readonly span: Span;
}

/** `a..b`, `a..` or `..b`; at least one end is there. */
export interface Range {
  readonly kind: 'range';
  readonly from: Scalar | undefined;
  readonly to: Scalar | undefined;
  readonly span: Span;
}

export type Value = Scalar | Prefix | Present | Range;

/** `field op value,value`. */
export interface Term {
  readonly kind: 'term';
  readonly field: string;
  readonly fieldSpan: Span;
  readonly operator: Operator;
  readonly values: readonly Value[];
  readonly span: Span;
}

/** A bare word, a bare prefix or a quoted phrase. */
export interface Words {
  readonly kind: 'words';
  readonly value: Scalar | Prefix;
  readonly span: Span;
}

export interface Not {
  readonly kind: 'not';
  readonly child: Tree;
  readonly span: Span;
}

/** `and` without children is the empty filter, which everything matches. */
export interface Group {
  readonly kind: 'and' | 'or';
  readonly children: readonly Tree[];
  readonly span: Span;
}

/** A parsed filter, not yet bound to any target's fields. */
export type Tree = Term | Words | Not | Group;

/** Writes text as a quoted value. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function printScalar(value: Scalar | Prefix): string {
  return (value.quoted ? quote(value.text) : value.text) + (value.kind === 'prefix' ? '*' : '');
}

/** Writes one value back as text that parses to it. */
export function printValue(value: Value): string {
  switch (value.kind) {
    case 'present':
      return '*';
    case 'range':
      return `${value.from ? printScalar(value.from) : ''}..${value.to ? printScalar(value.to) : ''}`;
    default:
      return printScalar(value);
  }
}

/** Writes a tree back as text; parsing that text gives the same tree (spans aside). */
export function print(tree: Tree): string {
  switch (tree.kind) {
    case 'term':
      return tree.field + tree.operator + tree.values.map(printValue).join(',');
    case 'words':
      return printScalar(tree.value);
    case 'not':
      return `-${inParentheses(tree.child, isGroup(tree.child))}`;
    case 'and':
      return tree.children.map((child) => inParentheses(child, isGroup(child))).join(' ');
    case 'or':
      return tree.children.map((child) => inParentheses(child, child.kind === 'or')).join(' or ');
  }
}

function isGroup(tree: Tree): boolean {
  return tree.kind === 'and' || tree.kind === 'or';
}

function inParentheses(tree: Tree, needed: boolean): string {
  return needed ? `(${print(tree)})` : print(tree);
}

/** Text as a value that parses back to it: quoted only where it must be. */
export function asValue(text: string): string {
  return /^[^\s():,*"<>=!.“”„«»][^\s():,*"]*$/.test(text) && !text.includes('..') ? text : quote(text);
}
