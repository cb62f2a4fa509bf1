import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Signatures } from '#platform/crypto/index.js';
import { ValidationFailed } from '#platform/errors/index.js';
import { seek, type Seek, type SortedList } from './keyset.js';
import type { ListQuery, Page } from './list-query.js';

const PURPOSE = 'cursor';

/** Opaque positions in lists, signed to the list, its sort and its filter. Inject it. */
@Injectable()
export class Cursor {
  constructor(private readonly signatures: Signatures) {}

  /** @param list the list's name; @param key the sort values of the last item, then its id */
  encode(list: string, query: Pick<ListQuery, 'sort' | 'filter'>, key: readonly (string | null)[]): string {
    const text = JSON.stringify(key);
    return `${Buffer.from(text).toString('base64url')}.${this.signatures.sign(PURPOSE, scope(list, query) + text)}`;
  }

  /**
   * @returns the key that `encode` got
   * @throws ValidationFailed when the cursor is damaged, or belongs to another list, sort or filter
   */
  decode(list: string, query: Pick<ListQuery, 'sort' | 'filter'>, cursor: string): (string | null)[] {
    const dot = cursor.indexOf('.');
    const text = Buffer.from(cursor.slice(0, Math.max(dot, 0)), 'base64url').toString('utf8');
    if (dot < 1 || !this.signatures.verify(PURPOSE, scope(list, query) + text, cursor.slice(dot + 1)))
      throw new ValidationFailed(
        'The cursor does not belong to this list, sort and filter: start from the first page.',
        {
          errors: [{ path: '/query/cursor', message: 'is not a cursor of this list, sort and filter' }],
        },
      );
    return JSON.parse(text) as (string | null)[];
  }

  /**
   * What a list's SQL needs for the page that the query asks for; see `Seek`.
   *
   * @param firstParameter the number of the first `$n` that is still free
   * @throws ValidationFailed on a cursor from elsewhere
   */
  seek(list: SortedList, query: ListQuery, firstParameter: number): Seek {
    return seek(list, query, query.cursor ? this.decode(list.name, query, query.cursor) : undefined, firstParameter);
  }

  /** Cuts the rows that `seek.limit` fetched (one more than the page) into a page. */
  page<T extends { _key: (string | null)[] }>(
    list: SortedList,
    query: ListQuery,
    rows: readonly T[],
  ): Page<Omit<T, '_key'>> {
    const items = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? items.at(-1) : undefined;
    return {
      items: items.map(({ _key, ...item }) => item),
      nextCursor: last ? this.encode(list.name, query, last._key) : null,
    };
  }
}

function scope(list: string, query: Pick<ListQuery, 'sort' | 'filter'>): string {
  const filter = createHash('sha256')
    .update(query.filter ?? '')
    .digest('base64url');
  return `${list}\n${query.sort}\n${filter}\n`;
}
