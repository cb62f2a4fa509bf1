import type { Interval, Limit, Predicate } from './bound.js';
import type { OwnerContext } from './context.js';
import { bindDays, bindInstant } from './dates.js';
import type { Field, KnownValue, NumberField } from './fields.js';
import { fold } from './fold.js';
import { isCurrency, type Amount } from './money.js';
import { nearest } from './nearest.js';
import { refuse, requireOperator, type Refusal } from './refusal.js';
import { asValue, quote, type Operator, type Prefix, type Scalar, type Term, type Value } from './tree.js';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
/** At most 15 significant whole digits and nanos: exact enough for a double, and inside the range of `real`. */
const NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,9})?$/;
const AMOUNT = /^([A-Za-z]{3})?\s*([+-]?\d{1,12}(?:\.\d{1,6})?)\s*([A-Za-z]{3})?$/;
const FLAGS = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

/**
 * Binds one alternative of a term to its field's type. For `!=` it binds the `=` that the caller negates.
 *
 * @throws FilterError when the operator or the value does not suit the field
 */
export function bindValue(field: Field, term: Term, value: Value, owner: OwnerContext): Predicate {
  requireOperator(field, term);
  requireQuotedColon(field, value);
  if (value.kind === 'present') return { is: 'present' };
  if (value.kind === 'prefix') return bindPrefix(field, value);
  switch (field.type) {
    case 'number':
      return {
        is: 'number',
        ...interval(
          term.operator,
          value,
          (scalar) => readNumber(field, scalar),
          (number) => number,
        ),
      };
    case 'money':
      return bindMoney(term.operator, value, owner);
    case 'date':
      return { is: 'days', ...bindDays(field, term.operator, value, owner.zone) };
    case 'period':
      return { is: 'overlaps', ...bindDays(field, term.operator, value, owner.zone) };
    case 'instant':
      return { is: 'instant', ...bindInstant(field, term.operator, value, owner.zone) };
    default:
      return bindDiscrete(field, term.operator, plain(field, value), owner);
  }
}

function bindDiscrete(
  field: Exclude<Field, { type: 'number' | 'money' | 'date' | 'period' | 'instant' }>,
  operator: Operator,
  value: Scalar,
  owner: OwnerContext,
): Predicate {
  switch (field.type) {
    case 'keyword':
      return { is: 'one-of', values: [readKeyword(field, value)] };
    case 'text':
      return operator === ':' ? { is: 'contains', value: folded(value) } : { is: 'one-of', values: [folded(value)] };
    case 'boolean':
      return { is: 'flag', value: readFlag(value) };
    case 'set':
      return { is: 'has-any', values: [readKnown(field, value)] };
    case 'user':
      return { is: field.many ? 'has-any' : 'one-of', values: [readUser(value, owner)] };
    case 'place':
      return { is: 'has-any', values: [readPlace(value, owner)] };
  }
}

function bindPrefix(field: Field, value: Prefix): Predicate {
  if (field.type === 'set') return { is: 'has-prefix', value: folded(value) };
  if (field.type === 'text' || (field.type === 'keyword' && !('uuid' in field && field.uuid))) {
    return { is: 'prefix', value: folded(value) };
  }
  return refuse('bad-value', value.span, `"${field.name}" cannot be searched by its beginning.`, {
    expected: 'a whole value; the star goes with words, text and sets',
  });
}

function plain(field: Field, value: Exclude<Value, { kind: 'present' | 'prefix' }>): Scalar {
  if (value.kind === 'scalar') return value;
  const written = `${value.from?.text ?? ''}..${value.to?.text ?? ''}`;
  return refuse('bad-value', value.span, `"${field.name}" has no order, so it takes no range.`, {
    expected: 'a plain value; quote it if the dots belong to it',
    suggestion: quote(written),
  });
}

function requireQuotedColon(field: Field, value: Value): void {
  if (field.type === 'place' || value.kind === 'present') return;
  const scalars = value.kind === 'range' ? [value.from, value.to] : [value];
  const bare = scalars.find((scalar) => scalar && !scalar.quoted && scalar.text.includes(':'));
  if (!bare) return;
  refuse('bad-value', bare.span, 'Only places contain a colon; quote a value that has one.', {
    expected: 'the value in quotes',
    suggestion: quote(bare.text),
  });
}

function folded(value: Scalar | Prefix): string {
  const text = fold(value.text);
  if (text) return text;
  return refuse('bad-value', value.span, 'This value is blank.', {
    expected: 'text; to ask for a missing value write -field:*',
  });
}

function readKeyword(field: Extract<Field, { type: 'keyword' }>, value: Scalar): string {
  if (!('uuid' in field) || !field.uuid) return readKnown(field, value);
  const id = value.text.toLowerCase();
  if (UUID.test(id)) return id;
  return refuse('bad-value', value.span, `"${field.name}" takes an id.`, { expected: 'a uuid' });
}

function readKnown(field: { values?: readonly KnownValue[]; closed?: boolean; name: string }, value: Scalar): string {
  const text = folded(value);
  const values = field.values ?? [];
  const known = values.find((one) => [one.value, ...(one.synonyms ?? [])].some((spelling) => fold(spelling) === text));
  if (known) return fold(known.value);
  if (!field.closed) return text;
  const near = nearest(
    text,
    values.flatMap((one) => [one.value, ...(one.synonyms ?? [])]),
  );
  return refuse(
    'unknown-value',
    value.span,
    `"${field.name}" is never that.${near ? ` Did you mean "${near}"?` : ''}`,
    {
      expected: `one of ${values.map((one) => one.value).join(', ')}`,
      ...suggesting(near),
    },
  );
}

function readFlag(value: Scalar): boolean {
  const flag = FLAGS.get(value.text.toLowerCase());
  if (flag !== undefined) return flag;
  return refuse('bad-value', value.span, 'This field is true or false.', { expected: 'true or false' });
}

function readUser(value: Scalar, owner: OwnerContext): string {
  if (value.text.toLowerCase() === 'me' && !value.quoted) {
    if (owner.me !== undefined) return owner.me;
    refuse('bad-value', value.span, '"me" means nobody here.', { expected: 'a person' });
  }
  const id = owner.people?.resolve(value.text) ?? value.text.toLowerCase();
  if (UUID.test(id)) return id;
  return refuse('unknown-value', value.span, 'Nobody of that name is known here.', {
    expected: 'me, or a known person',
  });
}

function readPlace(value: Scalar, owner: OwnerContext): string {
  const place = owner.places.resolve(value.text);
  if (place) return place.key;
  const [near] = owner.places.suggest?.(value.text, 1) ?? [];
  return refuse(
    'unknown-value',
    value.span,
    `No place is known by this name.${near ? ` Did you mean ${near.label}?` : ''}`,
    {
      expected: 'a city, airport, country or region, such as Lisbon, NYC or country:PT',
      ...suggesting(near?.key, near?.key),
    },
  );
}

function suggesting(text: string | undefined, verbatim?: string): Refusal {
  return text === undefined ? {} : { suggestion: verbatim ?? asValue(text) };
}

function readNumber(field: NumberField, value: Scalar): number {
  if (NUMBER.test(value.text)) return Number(value.text) + 0;
  return refuse('bad-value', value.span, `"${field.name}" takes a number.`, {
    expected: 'digits with at most 15 before and 9 after a decimal point',
  });
}

/** The interval that an operator and its value span; `of` gives what to order two ends of a range by, if it is known. */
function interval<T>(
  operator: Operator,
  value: Exclude<Value, { kind: 'present' | 'prefix' }>,
  read: (scalar: Scalar) => T,
  of: (end: T, other: T) => number | undefined,
): Interval<T> {
  if (value.kind === 'range') {
    const low = value.from && read(value.from);
    const high = value.to && read(value.to);
    if (low !== undefined && high !== undefined && (of(low, high) ?? 0) > (of(high, low) ?? 0)) {
      refuse('bad-value', value.span, 'This range ends before it begins.', { expected: 'the smaller value first' });
    }
    return {
      ...(low === undefined ? {} : { low: { at: low, inclusive: true } }),
      ...(high === undefined ? {} : { high: { at: high, inclusive: true } }),
    };
  }
  const limit: Limit<T> = { at: read(value), inclusive: !/^[<>]$/.test(operator) };
  if (operator.startsWith('<')) return { high: limit };
  return operator.startsWith('>') ? { low: limit } : { low: limit, high: limit };
}

/** In a range, a currency written at one end only holds for both. */
function bindMoney(
  operator: Operator,
  value: Exclude<Value, { kind: 'present' | 'prefix' }>,
  owner: OwnerContext,
): Predicate {
  const ends = value.kind === 'range' ? [value.from, value.to] : [value];
  const written = ends.map((end) => end && readAmount(end).currency).find((currency) => currency !== undefined);
  const currency = written ?? owner.currency;
  const read = (scalar: Scalar): Amount => ({ currency, ...readAmount(scalar) });
  const of = (end: Amount, other: Amount): number | undefined =>
    end.currency === other.currency ? end.value : undefined;
  return { is: 'money', ...interval(operator, value, read, of) };
}

function readAmount(scalar: Scalar): { value: number; currency?: string } {
  const [, before, digits, after] = AMOUNT.exec(scalar.text) ?? [];
  if (digits === undefined || (before !== undefined && after !== undefined)) {
    return refuse('bad-value', scalar.span, 'This is not an amount of money.', {
      expected: 'a number, with a currency code if it is not yours: 400 or 400USD',
    });
  }
  const currency = (before ?? after)?.toUpperCase();
  if (currency !== undefined && !isCurrency(currency)) {
    refuse('bad-value', scalar.span, `"${currency}" is no currency.`, {
      expected: 'an ISO 4217 code such as USD, EUR or CNY',
    });
  }
  return { value: Number(digits) + 0, ...(currency === undefined ? {} : { currency }) };
}
