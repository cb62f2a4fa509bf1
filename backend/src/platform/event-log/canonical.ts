/**
 * JSON text in one form only: keys sorted by UTF-16 code units, no spaces, numbers as ECMAScript prints them (the form of
 * RFC 8785, JCS). Equal values give equal text, whatever order PostgreSQL returns their keys in.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value as Record<string, unknown>)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

// U+0000 and unpaired surrogates, as JSON.stringify escapes them; jsonb cannot hold either.
const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** The path of the first text that jsonb cannot hold, such as `data.title`, or undefined. `json` is the value's JSON. */
export function unstorableText(value: unknown, json: string): string | undefined {
  return UNSTORABLE.test(json) ? find(value, 'data') : undefined;
}

const HALF_PAIR = /\p{Surrogate}/u;

function find(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || HALF_PAIR.test(value) ? path : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = find(key, `${path} (a key)`) ?? find(item, `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}
