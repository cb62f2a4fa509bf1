/** What a template is filled with. */
export type Values = { [name: string]: string | boolean | undefined | Values | Values[] };

type Piece = { text: string } | { value: string; lines: boolean } | { each: string; of: Piece[] };

/** A template taken apart once: `fill` only joins strings. */
export type Template = Piece[];

const TOKEN = /(\{\{\w+(?:\|lines)?\}\}|<!-- each:\w+ -->|<!-- end -->)/;

/** Takes a template apart: `{{name}}`, `{{name|lines}}`, and `each:name` … `end` in comments. @throws Error when one is not ended */
export function templateOf(source: string): Template {
  const stack: Piece[][] = [[]];
  for (const token of source.split(TOKEN)) {
    const here = stack.at(-1)!;
    const value = /^\{\{(\w+)(\|lines)?\}\}$/.exec(token);
    const each = /^<!-- each:(\w+) -->$/.exec(token);
    if (value) here.push({ value: value[1]!, lines: value[2] !== undefined });
    else if (each) {
      const of: Piece[] = [];
      here.push({ each: each[1]!, of });
      stack.push(of);
    } else if (token === '<!-- end -->') stack.pop();
    else if (token) here.push({ text: token });
    if (stack.length === 0) throw new Error('A template ends a part that it did not begin.');
  }
  if (stack.length !== 1) throw new Error('A template does not end each part.');
  return stack[0]!;
}

/** Fills a template. Every value is escaped; a value that looks like a template stays text. */
export function fill(template: Template, values: Values): string {
  return template.map((piece) => fillPiece(piece, values)).join('');
}

function fillPiece(piece: Piece, values: Values): string {
  if ('text' in piece) return piece.text;
  if ('value' in piece) {
    const escaped = escapeHtml(String(values[piece.value] ?? ''));
    return piece.lines ? escaped.replace(/\r?\n/g, '<br />') : escaped;
  }
  const found = values[piece.each];
  if (!found) return '';
  if (Array.isArray(found)) return found.map((entry) => fill(piece.of, entry)).join('');
  return fill(piece.of, typeof found === 'object' ? found : values);
}

/** Text as HTML, safe in an element and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
