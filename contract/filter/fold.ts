/**
 * The one folding of text: what writes a stored column and what reads a filter both call it, because PostgreSQL and
 * JavaScript disagree on `İ` and `Σ`. Stored values and filter values that went through it compare code unit by code unit.
 */

/** Printable ASCII, no outer or doubled space: the common case, for which folding is lower-casing. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
/** With the `u` flag this class matches a surrogate only where it has no partner. */
const LONE_SURROGATE = /[\uD800-\uDFFF]/gu;
/** Diacritics of alphabets. Vowel signs of Indic scripts and Japanese voicing marks carry meaning and stay. */
const DIACRITICS = /[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF]/g;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const BLANK = /[\s\p{Z}\p{Cc}]+/gu;
/** Letters that Unicode does not decompose but that people type without their stroke. */
const STROKED: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ŧ: 't',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ς: 'σ',
};
const STROKED_LETTER = /[łøđðħŧæœþς]/g;
/** Stored words are index keys, and a GIN key has a bounded size. */
const LONGEST_WORD = 64;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
const PICTOGRAPH = /\p{Extended_Pictographic}/u;

function foldFully(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replace(IGNORABLE, '')
      .replace(DIACRITICS, '')
      // Lower, upper, lower is full case folding: ẞ -> ß -> SS -> ss, ı -> I -> i.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(STROKED_LETTER, (letter) => STROKED[letter] ?? letter)
      .normalize('NFKD')
      .replace(DIACRITICS, '')
      .normalize('NFC')
      .replace(BLANK, ' ')
      .replace(/^ | $/g, '')
  );
}

/**
 * Folds text for comparison: compatibility forms unified (NFKC), case and diacritics removed, invisible characters
 * dropped, runs of blanks and control characters (NUL among them) made one space, ends trimmed.
 * A lone surrogate becomes U+FFFD, so that the result can always be stored.
 *
 * @returns the folded text; folding it again changes nothing
 */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return foldFully(text.replace(LONE_SURROGATE, '\uFFFD'));
}

/**
 * The words of a text as they are stored and searched: folded, cut by the Unicode word boundaries of `Intl.Segmenter`
 * (which segments Chinese, Japanese and Thai by dictionary), pictographs included, each word once, in order of first
 * appearance. A word longer than 64 code units is cut there.
 */
export function words(text: string): string[] {
  const found = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(fold(text))) {
    if (isWordLike || PICTOGRAPH.test(segment)) found.add(cut(segment));
  }
  return [...found];
}

function cut(word: string): string {
  if (word.length <= LONGEST_WORD) return word;
  const head = word.slice(0, LONGEST_WORD);
  return /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head;
}
