import type { OwnerContext } from './context.js';
import type { Field, FieldCatalogue } from './fields.js';
import { fold } from './fold.js';
import { operatorsOf } from './refusal.js';
import { asValue, quote, type Operator } from './tree.js';

/** One thing that may stand at the cursor. */
export interface Suggestion {
  readonly kind: 'field' | 'operator' | 'value' | 'keyword';
  /** What the list shows. */
  readonly label: string;
  /** What replaces the text from `from` to `to`. */
  readonly insert: string;
  readonly detail?: string;
}

/** What may stand at the cursor, best first, and which stretch of the text each of it replaces. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Suggestion[];
}

const LIMIT = 20;
const TERM = /^([\p{L}_][\p{L}\p{N}_.-]*)(!=|<=|>=|[:=<>])([^]*)$/u;
const DAYS = ['today', '7d', '2w', '1mo', '3mo', '1y'];
const MOMENTS = ['today', '-1h', '-24h', '-7d', '-1mo'];
const MEANING: Readonly<Record<Operator, string>> = {
  ':': 'is, has or contains',
  '=': 'equals',
  '!=': 'is not',
  '<': 'less, or before',
  '<=': 'at most, or until',
  '>': 'more, or after',
  '>=': 'at least, or from',
};

/**
 * What may be written at a cursor: fields and keywords at a term's start, operators after a whole field's name, values
 * after an operator. Takes any text, finished or not, and never throws.
 *
 * @param cursor position in UTF-16 code units
 */
export function complete(text: string, cursor: number, catalogue: FieldCatalogue, owner: OwnerContext): Completion {
  const at = Math.max(0, Math.min(text.length, Math.trunc(cursor) || 0));
  const start = termStart(text, at);
  const written = text.slice(start, at);
  const [, name, operator, values] = TERM.exec(written) ?? [];
  if (name === undefined || operator === undefined || values === undefined) {
    const to = at + (/^[^\s():=<>!"]*/.exec(text.slice(at))?.[0].length ?? 0);
    return { from: start, to, items: termItems(written, catalogue).slice(0, LIMIT) };
  }
  const from = at - lastAlternative(values).length;
  const to = at + (/^[^\s(),"]*/.exec(text.slice(at))?.[0].length ?? 0);
  const prefix = lastAlternative(values).replace(/^"/, '');
  const known = name.toLowerCase();
  if (known === 'changed') return { from, to, items: fieldNames(prefix, catalogue) };
  const field = catalogue.find(known.replace(/^was\./, ''));
  return { from, to, items: field ? valueItems(field, operator, prefix, owner).slice(0, LIMIT) : [] };
}

/** Where the term under the cursor begins: after the last blank or parenthesis outside quotes, past a minus. */
function termStart(text: string, cursor: number): number {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < cursor; at += 1) {
    const char = text.charAt(at);
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && /[\s()]/.test(char)) start = at + 1;
  }
  while (text[start] === '-' && start < cursor) start += 1;
  return start;
}

/** The alternative, or the end of a range, that is being written. */
function lastAlternative(values: string): string {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < values.length; at += 1) {
    if (quoted && values[at] === '\\') at += 1;
    else if (values[at] === '"') quoted = !quoted;
    else if (!quoted && values[at] === ',') start = at + 1;
    else if (!quoted && values.startsWith('..', at)) start = at + 2;
  }
  return values.slice(start);
}

function termItems(written: string, catalogue: FieldCatalogue): Suggestion[] {
  const name = written.toLowerCase();
  const items: Suggestion[] = [];
  const whole = catalogue.find(name);
  for (const operator of whole ? operatorsOf(whole.type) : []) {
    items.push({ kind: 'operator', label: name + operator, insert: name + operator, detail: MEANING[operator] });
  }
  for (const field of catalogue.fields) {
    const names = [field.name, ...(field.synonyms ?? [])];
    if (field === whole || !(names.some((one) => one.startsWith(name)) || beginsAWord(field.title, name))) continue;
    items.push({ kind: 'field', label: field.name, insert: `${field.name}:`, detail: field.description });
  }
  const keywords = catalogue.before === undefined ? ['not', 'or'] : ['not', 'or', 'changed:', 'was.'];
  for (const keyword of keywords.filter((one) => one.startsWith(name) && one !== name)) {
    items.push({ kind: 'keyword', label: keyword, insert: /^(?:not|or)$/.test(keyword) ? `${keyword} ` : keyword });
  }
  return items;
}

function fieldNames(prefix: string, catalogue: FieldCatalogue): Suggestion[] {
  const fields = catalogue.fields.filter(
    (field) => catalogue.remembers(field) && field.name.startsWith(prefix.toLowerCase()),
  );
  return fields.map((field) => ({ kind: 'value', label: field.name, insert: field.name, detail: field.title }));
}

function valueItems(field: Field, operator: string, prefix: string, owner: OwnerContext): Suggestion[] {
  const items = typedItems(field, prefix, owner);
  if (prefix === '' && /^[:=]$/.test(operator)) items.push(value('*', 'any value'));
  return items;
}

function typedItems(field: Field, prefix: string, owner: OwnerContext): Suggestion[] {
  const begins = (text: string): boolean => text.startsWith(prefix.toLowerCase());
  switch (field.type) {
    case 'keyword':
    case 'set':
      return knownItems(field, fold(prefix));
    case 'boolean':
      return ['true', 'false'].filter(begins).map((text) => value(text));
    case 'user':
      return owner.me !== undefined && begins('me') ? [value('me', 'you')] : [];
    case 'place':
      return (owner.places.suggest?.(prefix, LIMIT) ?? []).map(({ key, label }) => ({
        kind: 'value',
        label,
        insert: placeValue(key),
        detail: key,
      }));
    case 'date':
    case 'period':
      return DAYS.filter(begins).map((text) => value(text));
    case 'instant':
      return MOMENTS.filter(begins).map((text) => value(text));
    case 'money':
      return amounts(prefix, owner.currency);
    default:
      return [];
  }
}

function knownItems(field: Extract<Field, { type: 'keyword' | 'set' }>, prefix: string): Suggestion[] {
  const known = ('values' in field ? field.values : undefined) ?? [];
  return known
    .filter((one) =>
      [one.value, one.title ?? '', ...(one.synonyms ?? [])].some((spelling) => fold(spelling).startsWith(prefix)),
    )
    .map((one) => {
      const item = value(asValue(one.value), one.title);
      // Nobody reads an id: where it has a name, the name is shown.
      return 'uuid' in field && one.title !== undefined ? { ...item, label: one.title } : item;
    });
}

function amounts(prefix: string, own: string): Suggestion[] {
  const [, digits, letters = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]{0,2})$/.exec(prefix) ?? [];
  if (digits === undefined) return [];
  const codes = [...new Set([own, 'USD', 'EUR', 'GBP', 'CNY', 'JPY'])];
  return codes.filter((code) => code.startsWith(letters.toUpperCase())).map((code) => value(digits + code));
}

/** A key is `kind:code`; the colon needs no quotes in a place, the rest of the syntax does. */
function placeValue(key: string): string {
  const parts = key.split(':');
  return parts.every((part) => asValue(part) === part) ? key : quote(key);
}

function value(text: string, detail?: string): Suggestion {
  return { kind: 'value', label: text, insert: text, ...(detail === undefined ? {} : { detail }) };
}

function beginsAWord(title: string, prefix: string): boolean {
  return prefix !== '' && ` ${title.toLowerCase()}`.includes(` ${prefix}`);
}
