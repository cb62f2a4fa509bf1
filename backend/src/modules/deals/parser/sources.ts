import type { Evidence, EvidenceSource } from './types.js';

/** A text that evidence points into: the subject, the text or the readable HTML. */
export interface Source {
  name: EvidenceSource;
  text: string;
}

/** A span of a source, quoted. */
export const quote = (source: Source, start: number, end: number): Evidence => {
  const from = Math.max(0, Math.min(start, source.text.length));
  const to = Math.max(from, Math.min(end, source.text.length));
  return { source: source.name, start: from, end: to, quote: source.text.slice(from, to) };
};
