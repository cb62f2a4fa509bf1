import type { BoundFilter, BoundNode, Interval, Limit, Predicate, Test } from './bound.js';
import type { Circumstances } from './context.js';
import { FilterError } from './errors.js';
import type { Earlier, Field, Location, MoneyField, NumberField, PeriodField } from './fields.js';
import { minorTable, type Amount } from './money.js';
import { resolveDay, resolveInstant } from './when.js';

/** A condition for a WHERE clause. Each placeholder occurs once, in the order of `params`. */
export interface SqlCondition {
  readonly text: string;
  readonly params: readonly SqlParameter[];
}

export type SqlParameter = string | number | boolean | readonly string[];

export interface SqlOptions {
  /** Number of the first placeholder, 1 unless the query has earlier ones. */
  readonly start?: number;
  /** Writes the placeholder of a number; `$n` unless given. */
  readonly placeholder?: (index: number) => string;
}

/**
 * Compiles a bound filter to a SQL condition for PostgreSQL. The text is made of the catalogue's column expressions and
 * fixed syntax alone; everything a person wrote is a parameter with an explicit cast.
 *
 * @throws FilterError when the filter asks what only events can tell (`changed:`, `was.`) of rows that are none
 */
export function toSql(filter: BoundFilter, { now, rates }: Circumstances, options: SqlOptions = {}): SqlCondition {
  const writer = new SqlWriter(filter, now.getTime(), rates, options);
  return { text: writer.node(filter.root), params: writer.params };
}

class SqlWriter {
  readonly params: SqlParameter[] = [];

  constructor(
    private readonly filter: BoundFilter,
    private readonly now: number,
    private readonly rates: Circumstances['rates'],
    private readonly options: SqlOptions,
  ) {}

  node(node: BoundNode): string {
    if (node.kind === 'test') return this.test(node);
    if (node.children.length === 0) return node.kind === 'and' ? 'TRUE' : 'FALSE';
    return `(${node.children.map((child) => this.node(child)).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
  }

  private test(test: Test): string {
    const { field, told } = test.was ? earlier(test) : { field: test.field, told: '' };
    const text = test.any.map((predicate) => this.predicate(predicate, field, test)).join(' OR ');
    const whole = told === '' ? text : `${told} AND (${text})`;
    if (test.negated) return `(${whole}) IS NOT TRUE`;
    return test.any.length > 1 || told !== '' ? `(${whole})` : whole;
  }

  private predicate(predicate: Predicate, field: Field | undefined, test: Test): string {
    if (predicate.is === 'words') return this.words(predicate);
    if (!field) throw new Error(`a test of "${predicate.is}" needs a field`);
    if ('rowType' in field) return constant(predicate, field.rowType) ? 'TRUE' : 'FALSE';
    if (predicate.is === 'changed') return changed(field, test);
    if (predicate.is === 'present') return present(field);
    if (field.type === 'money') return this.money(field, predicate);
    if (field.type === 'period') return this.overlaps(field, predicate);
    return this.scalar(predicate, field);
  }

  private scalar(predicate: Predicate, field: Exclude<Field, MoneyField | PeriodField | { rowType: string }>): string {
    const { column } = field.at;
    const ids = field.type === 'user' || ('uuid' in field && field.uuid);
    const element = ids && !('asText' in field && field.asText) ? 'uuid' : 'text';
    switch (predicate.is) {
      case 'one-of': {
        const [only] = predicate.values;
        if (predicate.values.length === 1 && only !== undefined) return `${column} = ${this.bind(only, element)}`;
        return `${column} = ANY(${this.bind(predicate.values, `${element}[]`)})`;
      }
      case 'has-any':
        return `${column} && ${this.bind(predicate.values, `${element}[]`)}`;
      case 'has-prefix':
        return this.anyMember(column, predicate.value);
      case 'prefix':
        return `${column} LIKE ${this.bind(`${escapeLike(predicate.value)}%`, 'text')}`;
      case 'contains':
        return `${column} LIKE ${this.bind(`%${escapeLike(predicate.value)}%`, 'text')}`;
      case 'flag':
        return `${column} = ${this.bind(predicate.value, 'boolean')}`;
      case 'number':
        if (field.type !== 'number') break;
        return this.number(column, field.precision, predicate);
      case 'days':
        return both(
          predicate.from && `${column} >= ${this.bind(resolveDay(predicate.from, this.now), 'date')}`,
          predicate.to && `${column} < ${this.bind(resolveDay(predicate.to, this.now), 'date')}`,
        );
      case 'instant':
        return this.between(column, predicate, (instant) =>
          this.bind(new Date(resolveInstant(instant, this.now)).toISOString(), 'timestamptz'),
        );
    }
    throw new Error(`"${predicate.is}" cannot be asked of the ${field.type} "${field.name}"`);
  }

  private number(column: string, precision: NumberField['precision'], range: Interval<number>): string {
    if (precision === 'integer')
      return this.between(column, wholeNumbers(range), (limit) => this.bind(limit, 'bigint'));
    // By way of double, as Math.fround rounds in the matcher; straight from decimal digits it can round differently.
    const cast = precision === 'real' ? 'double precision::real' : 'double precision';
    return this.between(column, range, (limit) => this.bind(limit, cast));
  }

  /** The limit depends on the row's currency: one JSON table of thresholds, looked up by it; an unknown one gives NULL. */
  private money(field: MoneyField, predicate: Predicate): string {
    if (predicate.is !== 'money') throw new Error(`"${predicate.is}" cannot be asked of the money "${field.name}"`);
    return this.between(field.amount.column, predicate, (amount: Amount) => {
      const table = this.bind(JSON.stringify(minorTable(amount, this.rates)), 'jsonb');
      return `(${table} ->> ${field.currency.column})::bigint`;
    });
  }

  private overlaps(field: PeriodField, predicate: Predicate): string {
    if (predicate.is !== 'overlaps') throw new Error(`"${predicate.is}" cannot be asked of the period "${field.name}"`);
    return both(
      predicate.from && `${field.to.column} > ${this.bind(resolveDay(predicate.from, this.now), 'date')}`,
      predicate.to && `${field.from.column} < ${this.bind(resolveDay(predicate.to, this.now), 'date')}`,
    );
  }

  private words(predicate: Extract<Predicate, { is: 'words' }>): string {
    const column = this.filter.catalogue.words?.column;
    if (column === undefined) throw new Error(`${this.filter.catalogue.target} have no stored words`);
    return both(
      predicate.all.length > 0 && `${column} @> ${this.bind(predicate.all, 'text[]')}`,
      predicate.prefix !== undefined && this.anyMember(column, predicate.prefix),
    );
  }

  private anyMember(column: string, prefix: string): string {
    const pattern = this.bind(`${escapeLike(prefix)}%`, 'text');
    return `EXISTS (SELECT 1 FROM unnest(${column}) AS member WHERE member LIKE ${pattern})`;
  }

  private between<T>(column: string, { low, high }: Interval<T>, limit: (at: T) => string): string {
    if (low && low === high) return `${column} = ${limit(low.at)}`;
    return both(
      low && `${column} ${low.inclusive ? '>=' : '>'} ${limit(low.at)}`,
      high && `${column} ${high.inclusive ? '<=' : '<'} ${limit(high.at)}`,
    );
  }

  private bind(value: SqlParameter, cast: string): string {
    const index = (this.options.start ?? 1) + this.params.push(value) - 1;
    return `${this.options.placeholder?.(index) ?? `$${index}`}::${cast}`;
  }
}

/** An event's kind is not a column: rows of a target are events of one kind. */
function constant(predicate: Predicate, value: string): boolean {
  if (predicate.is === 'one-of') return predicate.values.includes(value);
  return predicate.is === 'prefix' ? value.startsWith(predicate.value) : predicate.is === 'present';
}

type Remembered = Exclude<Field, { rowType: string }>;

/** Where the values of a field live: money and periods have two. */
function locations(field: Remembered): Location[] {
  if (field.type === 'money') return [field.amount, field.currency];
  return field.type === 'period' ? [field.from, field.to] : [field.at];
}

/** The field as it was before the event, and whether the event tells so. */
function earlier(test: Test): { field: Remembered; told: string } {
  const { field } = test;
  if (!field || 'rowType' in field) throw new Error('only a field has an earlier value');
  const was = (location: Location): Location => ({ ...location, column: before(location, test).column });
  const told = [...new Set(locations(field).map((location) => before(location, test).told))].join(' AND ');
  if (field.type === 'money')
    return { field: { ...field, amount: was(field.amount), currency: was(field.currency) }, told };
  // Of a period an answer may need one end alone, which may be all that the event tells.
  if (field.type === 'period') return { field: { ...field, from: was(field.from), to: was(field.to) }, told: '' };
  return { field: { ...field, at: was(field.at) }, told };
}

/** Any of the values that the event tells to have been there before is another now. */
function changed(field: Field, test: Test): string {
  if ('rowType' in field) throw new Error('only a field has an earlier value');
  const differs = locations(field).map((location) => {
    const { column, told } = before(location, test);
    return `(${told} AND ${column} IS DISTINCT FROM ${location.column})`;
  });
  return differs.length > 1 ? `(${differs.join(' OR ')})` : differs.join('');
}

function before({ earlier }: Location, { span }: Test): Earlier {
  if (earlier) return earlier;
  throw new FilterError('events-only', span, 'Only events tell what changed; this shows things as they are.');
}

function present(field: Exclude<Field, { rowType: string }>): string {
  switch (field.type) {
    case 'money':
      return `(${field.amount.column} IS NOT NULL AND ${field.currency.column} IS NOT NULL)`;
    case 'period':
      return `(${field.from.column} IS NOT NULL AND ${field.to.column} IS NOT NULL)`;
    case 'set':
    case 'place':
      return `cardinality(${field.at.column}) > 0`;
    case 'user':
      return field.many ? `cardinality(${field.at.column}) > 0` : `${field.at.column} IS NOT NULL`;
    case 'text':
      return `${field.at.column} <> ''`;
    case 'keyword':
      return field.uuid ? `${field.at.column} IS NOT NULL` : `${field.at.column} <> ''`;
    default:
      return `${field.at.column} IS NOT NULL`;
  }
}

/** An integer column is compared with integers, so that its index serves. */
function wholeNumbers({ low, high }: Interval<number>): Interval<number> {
  if (low && low === high && Number.isInteger(low.at)) return { low, high };
  const whole = (limit: Limit<number>, up: boolean): Limit<number> => ({
    at: (up ? Math.ceil(limit.at) : Math.floor(limit.at)) + 0,
    inclusive: limit.inclusive,
  });
  return {
    ...(low && { low: whole(low, low.inclusive) }),
    ...(high && { high: whole(high, !high.inclusive) }),
  };
}

function both(...conditions: readonly (string | false | undefined)[]): string {
  const present = conditions.filter((condition) => condition !== false && condition !== undefined);
  return present.length > 1 ? `(${present.join(' AND ')})` : (present[0] ?? 'TRUE');
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
