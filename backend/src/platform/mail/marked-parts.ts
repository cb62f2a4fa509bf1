/** A stretch of a text, marked or not. */
export interface TextPart {
  readonly text: string;
  readonly marked: boolean;
}

/** A text cut at its marks; marks that overlap, or stand outside of it, mark what there is. */
export function markedParts(of: { text: string; marks: readonly { start: number; end: number }[] }): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  const push = (end: number, marked: boolean) => {
    if (end > at) parts.push({ text: of.text.slice(at, end), marked });
    at = Math.max(at, end);
  };
  for (const { start, end } of [...of.marks].sort((a, b) => a.start - b.start)) {
    push(Math.min(start, of.text.length), false);
    push(Math.min(end, of.text.length), true);
  }
  push(of.text.length, false);
  return parts;
}
