/**
 * Filters as integers. A program is a row of literals that all must hold; a literal is one word, for limits followed by
 * the limit's two halves, for groups by their members:
 *
 * - bits 0-2: what it is
 * - bit 3: it holds when the rest does not
 * - bits 4 and up: the value's, dimension's or test's number, or how many words the group's members take
 */
export const HOLDS = 0;
export const LIMIT = 1;
export const TEST = 2;
export const ALL = 3;
export const ANY = 4;

export const KIND = 7;
export const NOT = 8;
export const SHIFT = 4;

/** In a limit, the two lowest bits of the number: an upper limit, and whether the limit itself is allowed. */
export const HIGH = 1;
export const INCLUSIVE = 2;
export const LIMIT_SHIFT = 2;

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** The limit whose halves are these. */
export function joined(first: number, second: number): number {
  halves[0] = first;
  halves[1] = second;
  return double[0]!;
}

/** Appends a limit's halves. */
export function pushHalves(limit: number, out: number[]): void {
  double[0] = limit;
  out.push(halves[0]!, halves[1]!);
}

/** How many words the literal that begins with this one takes. */
export function widthOf(word: number): number {
  const kind = word & KIND;
  if (kind === LIMIT) return 3;
  return kind === ALL || kind === ANY ? 1 + (word >>> SHIFT) : 1;
}

/** How far behind this word the next literal begins, a group's members included. */
export function widthAlone(word: number): number {
  return (word & KIND) === LIMIT ? 3 : 1;
}

/** Visits every value and test that a program names, groups included. */
export function eachName(
  code: ArrayLike<number>,
  visit: (kind: typeof HOLDS | typeof TEST, number: number) => void,
): void {
  for (let at = 0; at < code.length;) {
    const word = code[at]!;
    const kind = word & KIND;
    if (kind === HOLDS || kind === TEST) visit(kind, word >>> SHIFT);
    at += widthAlone(word);
  }
}
