/**
 * Folds a column while it is read, for tables so small that no folded copy is stored: as `fold` does, but for the few letters
 * that Unicode does not take apart, such as ł.
 */
export function folded(column: string): string {
  return `regexp_replace(lower(normalize(${column}, NFKD)), '[\\u0300-\\u036F]', '', 'g')`;
}
