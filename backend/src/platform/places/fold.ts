const SPECIAL: Record<string, string> = {
  ß: 'ss',
  ł: 'l',
  Ł: 'l',
  ø: 'o',
  Ø: 'o',
  æ: 'ae',
  Æ: 'ae',
  œ: 'oe',
  Œ: 'oe',
  đ: 'd',
  Đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Text without case and accents, and where in the original each of its units came from. */
export interface Folded {
  text: string;
  /** `at[i]` is the offset in the original of folded unit `i`; one more entry holds the original's length. */
  at: number[];
}

/** One UTF-16 unit without case and accents; may become two letters ("ß" is "ss"), or none for a combining mark. */
function foldUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  if (code < 0x80) return code >= 65 && code <= 90 ? String.fromCharCode(code + 32) : unit;
  const special = SPECIAL[unit];
  if (special !== undefined) return special;
  // Han, kana and Hangul have no case; surrogates stay as they are so that a lone one cannot throw.
  if (code >= 0x2e80) return unit;
  return unit
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

/** Folds text for comparison and keeps the way back to the original offsets. Linear in its length. */
export function foldWithOffsets(text: string): Folded {
  let folded = '';
  const at: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const units = foldUnit(text[i] ?? '');
    for (let k = 0; k < units.length; k++) at.push(i);
    folded += units;
  }
  at.push(text.length);
  return { text: folded, at };
}

/** Folds a name or query for comparison: lower case, no accents. */
export function fold(text: string): string {
  return foldWithOffsets(text).text;
}
