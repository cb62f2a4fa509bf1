import {
  compile,
  FilterError,
  type BoundFilter,
  toSql,
  type FieldCatalogue,
  type FilterContext,
  type OwnerContext,
  type SqlCondition,
} from '#contract/filter/index.js';
import { ValidationFailed } from '#platform/errors/index.js';

const IN_QUERY = '/query/filter';

/** The filter is wrong; the answer says where, what was expected and what may be meant. */
export class FilterRefused extends ValidationFailed {
  static override code = 'filter_refused';
  static override title = 'Filter is not valid';

  /** @param path the JSON pointer of the filter in the request, such as `/query/filter` */
  static from(error: FilterError, path: string): FilterRefused {
    const { code, position, message, expected, suggestion } = error.toJSON();
    return new FilterRefused(message, {
      errors: [{ path, message }],
      members: { reason: code, position, expected, suggestion },
      cause: error,
    });
  }
}

/**
 * Reads a filter that a request holds.
 *
 * @throws FilterRefused with the position of the fault
 */
export function readFilter(text: string, catalogue: FieldCatalogue, owner: OwnerContext, path = IN_QUERY): BoundFilter {
  return refusing(path, () => compile(text, catalogue, owner));
}

/**
 * What a list asks of its rows: a filter that a request holds, as a condition for its statement; `true` without one.
 *
 * @param start the number of the first `$n` that is still free
 * @throws FilterRefused with the position of the fault, also when the filter asks rows what only events can tell
 */
export function filterCondition(
  text: string | undefined,
  catalogue: FieldCatalogue,
  context: FilterContext,
  start: number,
  path = IN_QUERY,
): SqlCondition {
  if (!text?.trim()) return { text: 'true', params: [] };
  return refusing(path, () => toSql(compile(text, catalogue, context), context, { start }));
}

function refusing<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FilterError) throw FilterRefused.from(error, path);
    throw error;
  }
}
