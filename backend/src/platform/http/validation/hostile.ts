import { type FieldError, ValidationFailed } from '#platform/errors/index.js';

/** Deeper nesting than any of our schemas; beyond it a recursive reader would run out of stack. */
const MAX_DEPTH = 64;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_ERRORS = 20;

/** Why a text cannot be stored, or undefined: PostgreSQL's text holds neither U+0000 nor half a surrogate pair. */
export function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a null character (U+0000), which cannot be stored';
  if (/\p{Surrogate}/u.test(text)) return 'holds half of a surrogate pair, which is not valid Unicode';
  return undefined;
}

/**
 * Refuses what no schema can make safe: `__proto__` and its kin as keys, text that cannot be stored, nesting without end.
 *
 * @param value as JSON.parse gives it
 * @param at the JSON pointer that faults are named under, such as `/body`
 * @throws ValidationFailed naming the fields
 */
export function refuseHostile(value: unknown, at: string): void {
  const errors: FieldError[] = [];
  const stack: { value: unknown; path: string; depth: number }[] = [{ value, path: at, depth: 0 }];
  for (let next = stack.pop(); next && errors.length < MAX_ERRORS; next = stack.pop()) {
    const { value: current, path, depth } = next;
    if (typeof current === 'string') {
      const fault = textFault(current);
      if (fault) errors.push({ path, message: fault });
    } else if (typeof current === 'object' && current !== null) {
      if (depth >= MAX_DEPTH) {
        errors.push({ path: path.slice(0, 200), message: `is nested deeper than ${MAX_DEPTH} levels` });
        break;
      }
      for (const [key, child] of Object.entries(current)) {
        const own = `${path}/${pointerPart(key)}`;
        const fault = keyFault(key);
        if (fault) errors.push({ path: own, message: fault });
        else stack.push({ value: child, path: own, depth: depth + 1 });
      }
    }
  }
  if (errors.length > 0) throw invalid(errors);
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
