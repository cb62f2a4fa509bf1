import { z } from 'zod';

const MAX_CURSOR = 2048;

type Sorts = readonly [string, ...string[]];
type Sort<S extends Sorts> = S[number] | `-${S[number]}`;

/** What a list can be asked for. */
export interface ListQueryOptions<S extends Sorts> {
  /** The names it sorts by. */
  sort: S;
  defaultSort: Sort<S>;
  /** It takes `filter`, in the filter language. */
  filter?: boolean;
  /** It takes `fields`. */
  fields?: boolean;
}

/** The query of every list; `filter` and `fields` are refused by lists that do not take them. */
export interface ListQuery<S extends string = string> {
  limit: number;
  sort: S | `-${S}`;
  cursor?: string;
  filter?: string;
  fields?: string[];
}

/**
 * The query schema of a list: `limit` 1 to 200 (50 when absent), `cursor`, `sort` (a leading `-` means descending),
 * `filter` and `fields`. Extend it with `.extend({ … })`.
 */
export function listQuery<const S extends Sorts>(options: ListQueryOptions<S>) {
  const sorts = options.sort.flatMap((name) => [name, `-${name}`]) as Sort<S>[];
  return z.strictObject({
    limit: z.coerce
      .number({ error: 'must be a whole number from 1 to 200' })
      .int('must be a whole number from 1 to 200')
      .min(1, 'must be at least 1')
      .max(200, 'must be at most 200')
      .default(50)
      .describe('How many items a page holds.'),
    sort: z
      .enum(sorts as [Sort<S>, ...Sort<S>[]], { error: `must be one of ${sorts.join(', ')}` })
      .default(options.defaultSort as never)
      .describe('The order; a leading "-" means descending.'),
    cursor: z.string().min(1).max(MAX_CURSOR).optional().describe('The nextCursor of the page before.'),
    filter: optionalWhen(
      options.filter,
      z.string().max(20_000, 'must be at most 20,000 characters').describe('A filter, such as: origin:NYC price<400'),
    ),
    fields: optionalWhen(
      options.fields,
      z
        .string()
        .max(1000)
        .transform((text) =>
          text
            .split(',')
            .map((name) => name.trim())
            .filter(Boolean),
        )
        .describe('The members that each item shall have, separated by commas; all when absent.'),
    ),
  });
}

function optionalWhen<T extends z.ZodType>(taken: boolean | undefined, schema: T): z.ZodOptional<T> {
  return taken
    ? schema.optional()
    : (z.undefined({ error: 'is not taken by this list' }).optional() as unknown as z.ZodOptional<T>);
}

/** The answer of a list: its items, and the cursor of the next page or null at the end. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** One page, as services give it. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
