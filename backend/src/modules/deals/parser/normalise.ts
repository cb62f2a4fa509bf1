import { load } from 'cheerio';
import type { ParserInput } from './types.js';

export const MAX_SUBJECT = 1000;
export const MAX_TEXT = 60_000;
const MAX_HTML = 300_000;
const MAX_TAGS = 12_000;
const MAX_LINES = 1500;

const BLOCKS = new Set(
  'address article aside blockquote br center dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead title tr ul'.split(
    ' ',
  ),
);
const SKIPPED = new Set(['script', 'style', 'head', 'noscript', 'template', 'svg']);

/** Cuts HTML to a size whose parsing is bounded: by characters, and by the number of tags. */
export function clipHtml(html: string): string {
  let tags = 0;
  const end = Math.min(html.length, MAX_HTML);
  for (let at = html.indexOf('<'); at >= 0 && at < end; at = html.indexOf('<', at + 1))
    if (++tags > MAX_TAGS) return html.slice(0, at);
  return html.slice(0, end);
}

interface HtmlNode {
  type: string;
  name?: string;
  data?: string;
  children?: HtmlNode[];
}

/**
 * The readable text of HTML: one line a block or table row, the cells of a row separated by " | ". `html` evidence is counted in
 * this text. Walks the tree with its own stack, so that nesting cannot exhaust the call stack.
 */
export function readableHtml(html: string): string {
  const root = load(clipHtml(html), { xml: { xmlMode: false, decodeEntities: true } }).root()[0] as unknown as HtmlNode;
  let text = '';
  const stack: (HtmlNode | string)[] = [root];
  while (stack.length > 0 && text.length < MAX_TEXT) {
    const node = stack.pop();
    if (node === undefined) break;
    if (typeof node === 'string') text += node;
    else if (node.type === 'text') text += (node.data ?? '').replace(/\s+/g, ' ');
    else if (!SKIPPED.has(node.name ?? '')) {
      const name = node.name ?? '';
      if (BLOCKS.has(name)) {
        text += '\n';
        stack.push('\n');
      } else if (name === 'td' || name === 'th') stack.push(' | ');
      for (const child of [...(node.children ?? [])].reverse()) stack.push(child);
    }
  }
  const lines = text.split('\n').map((line) =>
    line
      .replace(/\s+/g, ' ')
      .replace(/(?: \| *)+$/, '')
      .replace(/^(?: *\| )+/, '')
      .trim(),
  );
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .slice(0, MAX_TEXT);
}

/** The JSON-LD scripts of HTML, as text, at most 20. */
export function jsonLdScripts(html: string): string[] {
  if (!/ld\+json/i.test(html)) return [];
  const scripts: string[] = [];
  const lower = html.slice(0, MAX_HTML * 2);
  for (const match of lower.matchAll(/<script[^>]{0,200}ld\+json[^>]{0,200}>/gi)) {
    const from = match.index + match[0].length;
    const to = lower.toLowerCase().indexOf('</script', from);
    scripts.push(lower.slice(from, to < 0 ? undefined : to));
    if (scripts.length >= 20) break;
  }
  return scripts;
}

/** One line of a text and where it starts. */
export interface Line {
  text: string;
  start: number;
}

/** The non-empty lines of a text, trimmed at the left, with their offsets. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const raw of text.split('\n')) {
    const lead = raw.length - raw.trimStart().length;
    const trimmed = raw.trim();
    if (trimmed !== '') lines.push({ text: trimmed, start: start + lead });
    start += raw.length + 1;
    if (lines.length >= MAX_LINES) break;
  }
  return lines;
}

/** The input clipped to what is read: subject, text, and HTML as text where there is any. Offsets stay those of the input; a subject's breaks become spaces. */
export function clip(input: ParserInput): { subject: string; text: string; html: string } {
  return {
    subject: input.subject.slice(0, MAX_SUBJECT).replace(/[\r\n\t]/g, ' '),
    text: input.text.slice(0, MAX_TEXT),
    html: input.html ?? '',
  };
}
