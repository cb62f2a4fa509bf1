import type { Interval, Predicate } from './bound.js';
import type { Field, FieldCatalogue, Location, MoneyField, NumberField, PeriodField } from './fields.js';
import { inMinorUnits, type Amount, type Rates } from './money.js';
import { asDay, asInstant, asList, asNumber, asText, reader, same, type Read, type Subject } from './read.js';
import { resolveDay, resolveInstant, type Day, type Instant } from './when.js';

/** What a match depends on besides the subject. */
export interface Moment {
  /** Milliseconds since 1970; for an event, when it occurred. */
  readonly now: number;
  /** The event's type; a row of the target counts as its usual one. */
  readonly type?: string;
  readonly rates?: Rates;
}

/** Whether a subject is what the filter asks for. Never throws, whatever the subject holds. */
export type Matcher = (subject: Subject, moment: Moment) => boolean;

export function read(location: Location | undefined, root: string): Read<unknown> {
  return location ? reader(root + location.path) : () => undefined;
}

export function typeMatcher(predicate: Predicate, usual: string): Matcher {
  if (predicate.is === 'one-of') return (_, { type = usual }) => predicate.values.includes(type);
  if (predicate.is === 'prefix') return (_, { type = usual }) => type.startsWith(predicate.value);
  return () => predicate.is === 'present';
}

export function changeMatcher(field: Field, catalogue: FieldCatalogue): Matcher {
  const before = reader(catalogue.before ?? '');
  const checks = locations(field).map(({ path }) => {
    const value = reader(path);
    return (subject: Subject, earlier: Subject): boolean => {
      const was = value(earlier);
      return was !== undefined && !same(was, value(subject));
    };
  });
  return (subject) => {
    const earlier = before(subject);
    if (typeof earlier !== 'object' || earlier === null) return false;
    return checks.some((changed) => changed(subject, earlier as Subject));
  };
}

function locations(field: Field): Location[] {
  if ('rowType' in field) return [];
  if (field.type === 'money') return [field.amount, field.currency];
  return field.type === 'period' ? [field.from, field.to] : [field.at];
}

export function presence(
  field: Exclude<Field, { type: 'money' | 'period' } | { rowType: string }>,
  raw: Read<unknown>,
): Matcher {
  const typed: Read<unknown> = readTyped(field, raw);
  return (subject) => typed(subject) !== undefined;
}

function readTyped(field: Field, raw: Read<unknown>): Read<unknown> {
  switch (field.type) {
    case 'number':
      return asNumber(raw);
    case 'date':
      return asDay(raw);
    case 'instant':
      return asInstant(raw);
    case 'boolean':
      return (subject) => (typeof raw(subject) === 'boolean' ? true : undefined);
    case 'set':
    case 'place':
      return asList(raw);
    case 'user':
      return field.many ? asList(raw) : asText(raw);
    default:
      return asText(raw);
  }
}

export function textMatcher(value: Read<string>, test: (text: string) => boolean): Matcher {
  return (subject) => {
    const text = value(subject);
    return text !== undefined && test(text);
  };
}

export function oneOf(value: Read<string>, values: readonly string[]): Matcher {
  const [only] = values;
  if (values.length === 1) return (subject) => value(subject) === only;
  const wanted = new Set(values);
  return textMatcher(value, (text) => wanted.has(text));
}

export function listMatcher(value: Read<readonly string[]>, test: (member: string) => boolean): Matcher {
  return (subject) => value(subject)?.some((member) => typeof member === 'string' && test(member)) ?? false;
}

export function hasAny(value: Read<readonly string[]>, values: readonly string[]): Matcher {
  const [only = ''] = values;
  if (values.length === 1) return (subject) => value(subject)?.includes(only) ?? false;
  const wanted = new Set(values);
  return listMatcher(value, (member) => wanted.has(member));
}

export function wordMatcher(
  { all, prefix }: Extract<Predicate, { is: 'words' }>,
  value: Read<readonly string[]>,
): Matcher {
  return (subject) => {
    const stored = value(subject);
    if (!stored) return false;
    for (const word of all) if (!stored.includes(word)) return false;
    return prefix === undefined || stored.some((word) => typeof word === 'string' && word.startsWith(prefix));
  };
}

function within(value: number, low: number, lowInclusive: boolean, high: number, highInclusive: boolean): boolean {
  return (lowInclusive ? value >= low : value > low) && (highInclusive ? value <= high : value < high);
}

export function numberMatcher(
  value: Read<number>,
  range: Interval<number>,
  precision: NumberField['precision'],
): Matcher {
  const rounded = precision === 'real' ? Math.fround : (number: number) => number;
  const low = rounded(range.low?.at ?? -Infinity);
  const high = rounded(range.high?.at ?? Infinity);
  const lowInclusive = range.low?.inclusive ?? true;
  const highInclusive = range.high?.inclusive ?? true;
  return (subject) => {
    const number = value(subject);
    return number !== undefined && within(rounded(number), low, lowInclusive, high, highInclusive);
  };
}

export function moneyMatcher(predicate: Predicate, field: MoneyField, root: string): Matcher {
  const minor = asNumber(read(field.amount, root));
  const currency = asText(read(field.currency, root));
  if (predicate.is !== 'money') {
    return (subject) => predicate.is === 'present' && minor(subject) !== undefined && currency(subject) !== undefined;
  }
  const { low, high } = predicate;
  const least = low && thresholds(low.at);
  const most = high && thresholds(high.at);
  return (subject, { rates }) => {
    const amount = minor(subject);
    const code = currency(subject);
    if (amount === undefined || code === undefined) return false;
    const from = least ? least(code, rates) : -Infinity;
    const to = most ? most(code, rates) : Infinity;
    if (from === undefined || to === undefined) return false;
    return within(amount, from, low?.inclusive ?? true, to, high?.inclusive ?? true);
  };
}

/** The limit in each row's currency, remembered for as long as the rates stay the same object. */
function thresholds(amount: Amount): (currency: string, rates: Rates | undefined) => number | undefined {
  const own = inMinorUnits(amount, amount.currency, undefined);
  let of: Rates | undefined;
  let known = new Map<string, number | undefined>();
  return (currency, rates) => {
    if (currency === amount.currency) return own;
    if (rates !== of) [of, known] = [rates, new Map()];
    // Unknown currencies are not remembered: subjects could name any number of them.
    const limit = known.get(currency) ?? inMinorUnits(amount, currency, rates);
    if (limit !== undefined) known.set(currency, limit);
    return limit;
  };
}

/** A moving date, resolved for one moment. */
interface Cell<V> {
  now: number;
  value: V | undefined;
}

/** Filters of one zone share "seven days ago": whichever asks first about an event resolves it for the others. */
const shared = { days: new Map<string, Cell<string>>(), instants: new Map<string, Cell<number>>() };
/** Past this many different ones, each further filter keeps its own. */
const MOST_SHARED = 10_000;

function moving<T extends Day | Instant, V>(
  when: T,
  cells: Map<string, Cell<V>>,
  resolve: (when: T, now: number) => V,
): (now: number) => V {
  const key = JSON.stringify(when);
  const cell = cells.get(key) ?? { now: NaN, value: undefined };
  if (cells.size < MOST_SHARED) cells.set(key, cell);
  return (now) => {
    if (cell.value !== undefined && cell.now === now) return cell.value;
    cell.now = now;
    return (cell.value = resolve(when, now));
  };
}

function dayLimit(day: Day | undefined): ((now: number) => string) | undefined {
  if (!day || !('day' in day)) return day && moving(day, shared.days, resolveDay);
  return () => day.day;
}

function instantLimit(instant: Instant | undefined): ((now: number) => number) | undefined {
  if (!instant || !('at' in instant)) return instant && moving(instant, shared.instants, resolveInstant);
  return () => instant.at;
}

export function instantMatcher(value: Read<number>, { low, high }: Interval<Instant>): Matcher {
  const least = instantLimit(low?.at);
  const most = instantLimit(high?.at);
  const lowInclusive = low?.inclusive ?? true;
  const highInclusive = high?.inclusive ?? true;
  return (subject, { now }) => {
    const at = value(subject);
    if (at === undefined) return false;
    return within(at, least ? least(now) : -Infinity, lowInclusive, most ? most(now) : Infinity, highInclusive);
  };
}

export function dayMatcher(value: Read<string>, { from, to }: { from?: Day; to?: Day }): Matcher {
  const first = dayLimit(from);
  const last = dayLimit(to);
  return (subject, { now }) => {
    const day = value(subject);
    return day !== undefined && (!first || day >= first(now)) && (!last || day < last(now));
  };
}

export function periodMatcher(predicate: Predicate, field: PeriodField, root: string): Matcher {
  const starts = asDay(read(field.from, root));
  const ends = asDay(read(field.to, root));
  if (predicate.is !== 'overlaps') {
    return (subject) => predicate.is === 'present' && starts(subject) !== undefined && ends(subject) !== undefined;
  }
  const first = dayLimit(predicate.from);
  const last = dayLimit(predicate.to);
  return (subject, { now }) => {
    const end = first && ends(subject);
    if (first && (end === undefined || end <= first(now))) return false;
    const start = last && starts(subject);
    return !last || (start !== undefined && start < last(now));
  };
}
