import {
  compile,
  FilterError,
  type BoundFilter,
  type FieldCatalogue,
  type OwnerContext,
} from '#contract/filter/index.js';
import { ValidationFailed } from '#platform/errors/index.js';

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
export function readFilter(
  text: string,
  catalogue: FieldCatalogue,
  owner: OwnerContext,
  path = '/query/filter',
): BoundFilter {
  try {
    return compile(text, catalogue, owner);
  } catch (error) {
    if (error instanceof FilterError) throw FilterRefused.from(error, path);
    throw error;
  }
}
