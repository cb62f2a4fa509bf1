/** What the matcher is given: an event's data, or a row in the same shape. */
export type Subject = Readonly<Record<string, unknown>>;

/** Takes one value out of a subject; undefined when it is missing or of another type than the field's. */
export type Read<T> = (subject: Subject) => T | undefined;

/** Follows a dotted path. A path through a missing or plain value ends in undefined. */
export function reader(path: string): Read<unknown> {
  const keys = path.split('.');
  const [first = '', second] = keys;
  if (second === undefined) return (subject) => subject[first];
  return (subject) => {
    let value: unknown = subject;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Subject)[key];
    }
    return value;
  };
}

/** Text that is there: an empty one counts as missing. */
export function asText(read: Read<unknown>): Read<string> {
  return (subject) => {
    const value = read(subject);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}

/** A list that is there: an empty one counts as missing. Members are trusted to be text. */
export function asList(read: Read<unknown>): Read<readonly string[]> {
  return (subject) => {
    const value = read(subject);
    return Array.isArray(value) && value.length > 0 ? (value as string[]) : undefined;
  };
}

/** A finite number. */
export function asNumber(read: Read<unknown>): Read<number> {
  return (subject) => {
    const value = read(subject);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
}

/** A calendar day `YYYY-MM-DD`; such days order as text. */
export function asDay(read: Read<unknown>): Read<string> {
  return (subject) => {
    const value = read(subject);
    return typeof value === 'string' && value.length === 10 && value[4] === '-' ? value : undefined;
  };
}

/** The last text parsed: many filters ask the same event in turn. */
let parsed = { text: '', at: NaN };

function parseInstant(text: string): number {
  if (text !== parsed.text) parsed = { text, at: Date.parse(text) };
  return parsed.at;
}

/** Milliseconds since 1970 of RFC 3339 text, a Date or a number. */
export function asInstant(read: Read<unknown>): Read<number> {
  return (subject) => {
    const value = read(subject);
    const at = typeof value === 'string' ? parseInstant(value) : value instanceof Date ? value.getTime() : value;
    return typeof at === 'number' && Number.isFinite(at) ? at : undefined;
  };
}

/** Whether two values read from a subject are equal as JSON. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (a ?? null) === (b ?? null)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => same(item, b[at]));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && same((a as Subject)[key], (b as Subject)[key]))
  );
}
