/** Rows that one statement reads. */
const PAGE = 500;

/**
 * Reads rows page by page, behind the last one's key: however many there are, one page is held.
 *
 * @param page reads up to `limit` rows behind a key; from the beginning when it is null
 * @param keyOf what the next page is read behind
 */
export async function* inPages<T, K = string>(
  page: (after: K | null, limit: number) => Promise<T[]>,
  keyOf: (row: T) => K,
): AsyncGenerator<T> {
  for (let after: K | null = null; ;) {
    const rows: T[] = await page(after, PAGE);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = keyOf(last);
  }
}
