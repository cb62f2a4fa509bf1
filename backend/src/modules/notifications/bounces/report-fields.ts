import type { Fields } from './mail-parts.js';

/** Longer lines and more of them are no report of a mail server. */
export const LINES = 2000;
export const LINE = 1000;
const DETAIL = 300;
export const ADDRESS = /[^\s<>()[\]\\,;:"']{1,64}@[a-z0-9.-]{1,253}/i;

/** The fields of a report: groups with empty lines between them (RFC 3464, section 2.1). */
export function groupsOf(text: string): Fields[] {
  const groups: Fields[] = [];
  let group: Fields | undefined;
  let name = '';
  for (const line of text.split('\n').slice(0, LINES)) {
    if (line.trim() === '') {
      group = undefined;
      continue;
    }
    if (!group) groups.push((group = {}));
    const [, field, value = ''] = /^([A-Za-z][\w-]{0,60}):(.*)$/.exec(line.slice(0, LINE)) ?? [];
    if (field) {
      name = field.toLowerCase();
      group[name] = value.trim();
    } else if (name && /^\s/.test(line) && group[name] !== undefined) {
      group[name] = `${group[name]} ${line.trim()}`.slice(0, 2 * LINE);
    }
  }
  return groups;
}

/** What a server said, in one line of at most 300 characters. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, DETAIL)
    .toWellFormed();
}
