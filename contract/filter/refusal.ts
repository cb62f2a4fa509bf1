import { FilterError, type FilterErrorCode, type FilterErrorDetail, type Span } from './errors.js';
import type { Field, FieldType } from './fields.js';
import type { Operator, Term } from './tree.js';

export type Refusal = FilterErrorDetail;

const EQUALITY: readonly Operator[] = [':', '=', '!='];
const ORDER: readonly Operator[] = ['<', '<=', '>', '>='];
const ORDERED: ReadonlySet<FieldType> = new Set(['number', 'money', 'date', 'instant', 'period']);

/** The operators that a type of field takes. */
export function operatorsOf(type: FieldType): readonly Operator[] {
  return ORDERED.has(type) ? [...EQUALITY, ...ORDER] : EQUALITY;
}

/** Throws the error that these words describe; a function, so that it can stand in an expression. */
export function refuse(code: FilterErrorCode, at: Span, message: string, detail: Refusal): never {
  throw new FilterError(code, at, message, detail);
}

/** @throws FilterError when the field's type has no such operator */
export function requireOperator(field: Field, term: Term): void {
  const operators = operatorsOf(field.type);
  if (operators.includes(term.operator)) return;
  refuse(
    'bad-operator',
    { start: term.fieldSpan.end, end: term.fieldSpan.end + term.operator.length },
    `"${field.name}" has no order, so "${term.operator}" does not apply to it.`,
    { expected: `one of ${operators.join(' ')}`, suggestion: ':' },
  );
}
