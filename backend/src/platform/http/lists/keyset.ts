import type { ListQuery } from './list-query.js';

/** A column that a list sorts by. */
export interface SortColumn {
  /** The expression, such as `d.created_at`. */
  sql: string;
  /** Its PostgreSQL type; a cursor carries values as text and casts them back, so that nothing is lost on the way. */
  type: 'timestamptz' | 'date' | 'bigint' | 'integer' | 'numeric' | 'double precision' | 'text' | 'uuid' | 'boolean';
  /** Absent values come last in both directions. */
  nullable?: boolean;
}

/** How a list is ordered: its sorts by name and the unique column that breaks ties. */
export interface SortedList {
  /** The name that cursors are signed to: unique among lists. */
  name: string;
  sorts: Record<string, SortColumn>;
  id: SortColumn;
}

/**
 * The parts of one page's statement:
 * `select …, ${seek.key} from … where … and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`
 * with `seek.values` behind the statement's own parameters.
 */
export interface Seek {
  /** Goes into the select list: the item's position, as `_key`. */
  key: string;
  /** Items behind the cursor; `true` on the first page. */
  condition: string;
  orderBy: string;
  values: unknown[];
  /** One more than the page holds. */
  limit: number;
}

/**
 * Keyset ("seek") pagination: a row comparison instead of OFFSET, so that page 1,000 costs what page 1 costs
 * (M. Winand, use-the-index-luke.com, "no offset"). An index on (sort column, id) serves both directions; one on a
 * nullable column needs the `nulls last` of `orderBy`.
 */
export function seek(
  list: SortedList,
  query: Pick<ListQuery, 'sort' | 'limit'>,
  after: readonly (string | null)[] | undefined,
  firstParameter: number,
): Seek {
  const descending = query.sort.startsWith('-');
  const column = list.sorts[descending ? query.sort.slice(1) : query.sort];
  if (!column) throw new Error(`The list ${list.name} has no sort "${query.sort}".`);
  const direction = descending ? 'desc' : 'asc';
  const nulls = column.nullable ? ' nulls last' : '';
  const base = {
    key: `array[(${column.sql})::text, (${list.id.sql})::text] as "_key"`,
    orderBy: `${column.sql} ${direction}${nulls}, ${list.id.sql} ${direction}`,
    limit: query.limit + 1,
  };
  if (!after) return { ...base, condition: 'true', values: [] };
  const [value, id] = after;
  const op = descending ? '<' : '>';
  const idAt = (n: number) => `$${n}::${list.id.type}`;
  if (value === null || value === undefined) {
    return {
      ...base,
      condition: `(${column.sql} is null and ${list.id.sql} ${op} ${idAt(firstParameter)})`,
      values: [id],
    };
  }
  const behind = `(${column.sql}, ${list.id.sql}) ${op} ($${firstParameter}::${column.type}, ${idAt(firstParameter + 1)})`;
  const condition = column.nullable ? `(${behind} or ${column.sql} is null)` : behind;
  return { ...base, condition, values: [value, id] };
}
