/** Text that PostgreSQL can keep: no NUL, and U+FFFD for a surrogate without its partner. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** Text cut to a number of UTF-16 units, never between the two of one character, and storable. */
export function clipped(text: string, length: number): string {
  return storable(text.length > length ? text.slice(0, length) : text);
}

/** Every text within a JSON value made storable, names of members included. */
export function storableJson<T>(value: T): T {
  if (typeof value === 'string') return storable(value) as T;
  if (Array.isArray(value)) return value.map(storableJson) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storable(name), storableJson(inner)])) as T;
}
