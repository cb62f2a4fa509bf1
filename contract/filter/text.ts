import { FilterError } from './errors.js';

/** Longest accepted filter, in UTF-16 code units. */
export const MAX_LENGTH = 10_000;

/** @throws FilterError for text that is too long or that PostgreSQL cannot store */
export function refuseUnstorable(text: string): void {
  if (text.length > MAX_LENGTH) {
    throw new FilterError(
      'too-long',
      { start: MAX_LENGTH, end: text.length },
      `The filter has ${text.length} characters; at most ${MAX_LENGTH} are allowed.`,
    );
  }
  const at = text.search(/[\0\uD800-\uDFFF]/u);
  if (at < 0) return;
  throw new FilterError(
    'unstorable-character',
    { start: at, end: at + 1 },
    text[at] === '\0'
      ? 'The filter contains a NUL character, which no stored text can contain.'
      : 'The filter contains half of a surrogate pair, which is not a character.',
  );
}

/** Text for an error sentence: never longer than a line. */
export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}
