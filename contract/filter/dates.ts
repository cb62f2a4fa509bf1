import type { Interval, Limit } from './bound.js';
import type { DateField, Field, InstantField, PeriodField } from './fields.js';
import { refuse } from './refusal.js';
import type { Operator, Scalar, Value } from './tree.js';
import { days, instants, readWhen, type Day, type Instant, type Period, type Written } from './when.js';

type Plain = Exclude<Value, { kind: 'present' | 'prefix' }>;

/** The days that an operator and its value leave: `from` inclusive, `to` exclusive. A written date is a whole period. */
export function bindDays(
  field: DateField | PeriodField,
  operator: Operator,
  value: Plain,
  zone: string,
): { from?: Day; to?: Day } {
  if (value.kind === 'range') {
    const from = value.from && readDays(field, value.from, zone).start;
    const to = value.to && readDays(field, value.to, zone).end;
    if (from && to && 'day' in from && 'day' in to && from.day >= to.day) backwards(value);
    return { ...(from && { from }), ...(to && { to }) };
  }
  const { start, end } = readDays(field, value, zone);
  switch (operator) {
    case '<':
      return { to: start };
    case '<=':
      return { to: end };
    case '>':
      return { from: end };
    case '>=':
      return { from: start };
    default:
      return { from: start, to: end };
  }
}

/** The instants that an operator and its value leave. A relative step is a point in an order or a range, else a local day. */
export function bindInstant(field: InstantField, operator: Operator, value: Plain, zone: string): Interval<Instant> {
  if (value.kind === 'range') {
    const low = value.from && lowest(read(field, value.from), zone);
    const high = value.to && highest(read(field, value.to), zone);
    if (low && high && 'at' in low.at && 'at' in high.at && low.at.at >= high.at.at) backwards(value);
    return { ...(low && { low }), ...(high && { high }) };
  }
  const written = read(field, value);
  switch (operator) {
    case '<':
      return { high: { at: point(written, zone) ?? instants(written, zone).start, inclusive: false } };
    case '<=':
      return { high: highest(written, zone) };
    case '>': {
      const at = point(written, zone);
      return { low: at ? { at, inclusive: false } : { at: instants(written, zone).end, inclusive: true } };
    }
    case '>=':
      return { low: lowest(written, zone) };
    default: {
      requireLength(value, written);
      const { start, end } = instants(written, zone);
      return { low: { at: start, inclusive: true }, high: { at: end, inclusive: false } };
    }
  }
}

function lowest(written: Written, zone: string): Limit<Instant> {
  return { at: point(written, zone) ?? instants(written, zone).start, inclusive: true };
}

function highest(written: Written, zone: string): Limit<Instant> {
  const at = point(written, zone);
  return at ? { at, inclusive: true } : { at: instants(written, zone).end, inclusive: false };
}

function point(written: Written, zone: string): Instant | undefined {
  return written.kind === 'shift' && !written.wholeDay ? { shift: written.shift, edge: 'none', zone } : undefined;
}

function requireLength(value: Scalar, written: Written): void {
  if (written.kind !== 'shift' || written.wholeDay || !/^(?:min|h)$/.test(written.shift.unit)) return;
  refuse('bad-value', value.span, 'This is a point in time, which hardly anything equals.', {
    expected: 'an order or a range, such as >-3h or -3h..now',
  });
}

function readDays(field: Field, value: Scalar, zone: string): Period<Day> {
  const period = days(read(field, value), zone);
  if (period) return period;
  return refuse('bad-value', value.span, `"${field.name}" holds days, without a time of day.`, {
    expected: 'a date such as 2027, 2027-03 or 2027-03-15, or days from now such as 7d',
  });
}

function read(field: Field, value: Scalar): Written {
  const written = readWhen(value.text);
  if (written) return written;
  return refuse('bad-value', value.span, `"${field.name}" takes a date.`, {
    expected: '2027, 2027-03, 2027-03-15, today, or a step from now in min, h, d, w, mo or y, such as 7d or -2w',
  });
}

function backwards(value: { span: Scalar['span'] }): never {
  return refuse('bad-value', value.span, 'This range ends before it begins.', { expected: 'the earlier date first' });
}
