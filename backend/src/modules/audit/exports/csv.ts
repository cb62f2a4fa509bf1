const FORMULA = /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/;
const QUOTED = /[",\r\n]/;

/**
 * One line of CSV (RFC 4180), with its line break. A cell that a spreadsheet would take for a formula gets an apostrophe
 * before it, which spreadsheets read as "this is text" (OWASP, "CSV Injection"); full-width signs count, since some
 * programs fold them.
 */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
