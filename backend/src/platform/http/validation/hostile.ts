import { type FieldError, ValidationFailed } from '#platform/errors/index.js';

/** Deeper nesting than any of our schemas; beyond it a recursive reader would run out of stack. */
const MAX_DEPTH = 64;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_ERRORS = 20;
/** Everybody waits while a body is looked through: this many values take a few milliseconds. */
const MAX_VALUES = 50_000;
const MAX_PATH = 400;

/** Why a text cannot be stored, or undefined: PostgreSQL's text holds neither U+0000 nor half a surrogate pair. */
export function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a null character (U+0000), which cannot be stored';
  if (/\p{Surrogate}/u.test(text)) return 'holds half of a surrogate pair, which is not valid Unicode';
  return undefined;
}

/** How far a value has been looked through. */
interface Search {
  at: string;
  /** Keys and indices that lead to where the search is. */
  trail: (string | number)[];
  values: number;
  errors: FieldError[];
}

/**
 * Refuses what no schema can make safe: `__proto__` and its kin as keys, text that cannot be stored, nesting without end,
 * more values than any request needs.
 *
 * @param value as JSON.parse gives it
 * @param at the JSON pointer that faults are named under, such as `/body`
 * @throws ValidationFailed naming the fields
 */
export function refuseHostile(value: unknown, at: string): void {
  const search: Search = { at, trail: [], values: 0, errors: [] };
  look(value, search);
  if (search.errors.length > 0) throw invalid(search.errors);
}

/** Looks at a value and all within it, no deeper than MAX_DEPTH. Paths are written for faults only: they cost the most. */
function look(value: unknown, search: Search): void {
  if (++search.values > MAX_VALUES)
    throw invalid([{ path: search.at, message: `holds more than ${MAX_VALUES} values` }]);
  if (typeof value === 'string') return note(textFault(value), search);
  if (typeof value !== 'object' || value === null) return;
  if (search.trail.length >= MAX_DEPTH) return note(`is nested deeper than ${MAX_DEPTH} levels`, search);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      search.trail.push(i);
      look(value[i], search);
      search.trail.pop();
    }
    return;
  }
  for (const key of Object.keys(value)) {
    search.trail.push(key);
    const fault = keyFault(key);
    if (fault) note(fault, search);
    else look((value as Record<string, unknown>)[key], search);
    search.trail.pop();
  }
}

function note(fault: string | undefined, { at, trail, errors }: Search): void {
  if (!fault || errors.length >= MAX_ERRORS) return;
  errors.push({ path: [at, ...trail.map(pointerPart)].join('/').slice(0, MAX_PATH), message: fault });
}

/**
 * The same for a query string or path parameters that are decoded already: one level of texts.
 *
 * @throws ValidationFailed naming the fields
 */
export function refuseHostileText(values: Record<string, unknown>, at: string): void {
  for (const name in values) {
    const value = values[name];
    const fault =
      keyFault(name) ??
      [value]
        .flat()
        .map((v) => textFault(String(v)))
        .find(Boolean);
    if (fault) throw invalid([{ path: `${at}/${pointerPart(name)}`, message: fault }]);
  }
}

/**
 * Refuses a query string whose percent-encoding is broken; the parser would pass it on undecoded.
 *
 * @throws ValidationFailed naming the parameter
 */
export function refuseBrokenEncoding(queryString: string): void {
  for (const pair of queryString.split('&')) {
    if (decodable(pair)) continue;
    const name = pair.split('=', 1)[0] ?? '';
    throw invalid([
      {
        path: `/query/${pointerPart(decodable(name) ? decodeURIComponent(name) : name)}`,
        message: 'holds a "%" that is not followed by valid UTF-8 in two-digit codes',
      },
    ]);
  }
}

/** A part of a JSON pointer (RFC 6901). Unprintable characters are spelled out, so that any client can show the path. */
export function pointerPart(key: string | number): string {
  return String(key)
    .slice(0, 100)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
    .replace(/[\0-\x1f\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

/** One refusal for all faulty fields: its sentence names the first. */
export function invalid(errors: FieldError[]): ValidationFailed {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new ValidationFailed(
    first ? `${first.path.slice(1).replaceAll('/', '.')} ${first.message}${more}.` : 'The request is not valid.',
    {
      errors,
    },
  );
}

function keyFault(key: string): string | undefined {
  return FORBIDDEN_KEYS.has(key) ? 'is a name that no field may have' : textFault(key);
}

function decodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
