/** Where a field was read, as the API tells it: offsets in UTF-16 units, end exclusive. */
export interface EvidenceSpan {
  readonly source: 'subject' | 'text' | 'html' | 'jsonld';
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

/** Words to be marked, and what they say. */
export interface Mark {
  readonly label: string;
  readonly span: EvidenceSpan;
}

/** A stretch of a text, marked or not. */
export interface Piece {
  readonly text: string;
  /** The place of its mark in the list of all marks. */
  readonly mark?: number;
  readonly label?: string;
}

/** Cuts a plain text at its marks; of marks that overlap the first counts. */
export function pieces(text: string, marks: readonly Mark[], source: EvidenceSpan['source']): readonly Piece[] {
  const placed = marks
    .flatMap(({ span, label }, mark) => {
      if (span.source !== source || span.quote === '') return [];
      const start = text.slice(span.start, span.end) === span.quote ? span.start : text.indexOf(span.quote);
      return start < 0 ? [] : [{ start, end: start + span.quote.length, mark, label }];
    })
    .sort((a, b) => a.start - b.start);
  const all: Piece[] = [];
  let at = 0;
  for (const { start, end, mark, label } of placed) {
    if (start < at) continue;
    if (start > at) all.push({ text: text.slice(at, start) });
    all.push({ text: text.slice(start, end), mark, label });
    at = end;
  }
  if (at < text.length) all.push({ text: text.slice(at) });
  return all;
}

/** Puts `<mark>` around words within a document, wherever tags cut them; blanks do not count. @returns whether they are there */
export function markIn(body: HTMLElement, quote: string, mark: number, label: string): boolean {
  const wanted = quote.replace(/\s+/g, '');
  if (wanted === '') return false;
  const document = body.ownerDocument;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const places: { node: Text; at: number }[] = [];
  let letters = '';
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    for (let at = 0; at < node.data.length; at += 1) {
      const letter = node.data.charAt(at);
      if (/\s/.test(letter)) continue;
      letters += letter;
      places.push({ node, at });
    }
  }
  const start = letters.indexOf(wanted);
  if (start < 0) return false;
  const ends = new Map<Text, { from: number; to: number }>();
  for (const { node, at } of places.slice(start, start + wanted.length))
    ends.set(node, { from: ends.get(node)?.from ?? at, to: at + 1 });
  for (const [node, { from, to }] of ends) {
    const words = node.splitText(from);
    words.splitText(to - from);
    const around = document.createElement('mark');
    around.dataset['mark'] = String(mark);
    around.title = label;
    words.replaceWith(around);
    around.append(words);
  }
  return true;
}
