import type { Reads } from '#platform/database/index.js';
import { inPages } from './in-pages.js';

/**
 * The rows of a person by a prepared statement that reads one page: `$1` is the person, `$2` the id behind which it begins
 * (null at first), `$3` how many. It selects `id`, orders by it, and reads only what is behind it:
 * `select id, … from thing where user_id = $1 and ($2::uuid is null or id > $2) order by id limit $3`.
 */
export function rowsOf(reads: Reads, name: string, page: string, personId: string): AsyncGenerator<{ id: string }> {
  return inPages(
    (after: string | null, limit) => reads.all<{ id: string }>(name, page, [personId, after, limit]),
    ({ id }) => id,
  );
}
