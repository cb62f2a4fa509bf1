/** One thing that an event changed; undefined where it was not there. */
export interface Change {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Data = Readonly<Record<string, unknown>>;

/**
 * What an event's data says that changed, and what else it says. Events name what was before as `before`, and what is now as
 * `after` or under the names themselves.
 */
export function changesOf(data: Data): { changes: Change[]; facts: [string, unknown][] } {
  const { before, after, ...rest } = data;
  if (before === undefined) return { changes: [], facts: Object.entries(data) };
  if (!isData(before))
    return { changes: [{ name: '', before, after: 'after' in data ? after : undefined }], facts: Object.entries(rest) };
  const now = isData(after) ? after : rest;
  const names = isData(after) ? [...new Set([...Object.keys(before), ...Object.keys(after)])] : Object.keys(before);
  const changes = names
    .map((name) => ({ name, before: before[name], after: now[name] }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
  const facts = Object.entries(rest).filter(([name]) => isData(after) || !(name in before));
  return { changes, facts };
}

/** A value as people read it. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(inWords).join(', ');
  if (isData(value))
    return Object.entries(value)
      .map(([name, one]) => `${named(name)}: ${inWords(one)}`)
      .join(', ');
  if (typeof value === 'boolean') return value ? $localize`yes` : $localize`no`;
  return String(value as string | number);
}

/** `allowedAddresses` as "allowed addresses". */
export const named = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_all, end: string, begin: string) => `${end} ${begin.toLowerCase()}`);

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
