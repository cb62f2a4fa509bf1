import { fold as foldValue } from '#contract/filter/index.js';

/** Text without case and accents, and where in the original each of its units came from. */
export interface Folded {
  text: string;
  /** `at[i]` is the offset in the original of folded unit `i`; the entry behind the last holds the original's length. */
  at: readonly number[];
}

/** What a unit beyond ASCII folds to; at most one entry for each of the 65,536. */
const known = new Map<string, string>();

/**
 * One UTF-16 unit without case and accents, folded as filter values are, so that a place name and a filter agree; may become
 * two letters ("ß" is "ss"), or none for a combining mark. What is no letter or digit stays: "™" must not join its word.
 */
function foldUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  if (code < 0x80) return code >= 65 && code <= 90 ? String.fromCharCode(code + 32) : unit;
  const before = known.get(unit);
  if (before !== undefined) return before;
  // A lone surrogate is no letter either, so halves of a pair stay as they are.
  const folded = /^[\p{L}\p{M}\p{Nd}]$/u.test(unit) ? foldValue(unit) : unit;
  known.set(unit, folded);
  return folded;
}

/** The offsets of ASCII text, which folds to as many units: each is its own. As long as the longest such text so far. */
const same: number[] = [];
const LONGEST_SAME = 100_000;

/** Folds text for comparison and keeps the way back to the original offsets. Linear in its length. */
export function foldWithOffsets(text: string): Folded {
  if (text.length < LONGEST_SAME && /^[\0-\x7f]*$/.test(text)) {
    for (let i = same.length; i <= text.length; i++) same.push(i);
    return { text: text.toLowerCase(), at: same };
  }
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
