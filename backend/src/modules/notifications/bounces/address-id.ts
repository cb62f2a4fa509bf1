/** The id by which the log and operators name an address without telling it: made of its digest (uuid version 8, RFC 9562). */
export function addressId(hash: string): string {
  const hex = `${hash.slice(0, 12)}8${hash.slice(13, 16)}8${hash.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The same of a column with the digest, in SQL. */
export function addressIdOf(column: string): string {
  return `(left(${column}, 12) || '8' || substr(${column}, 14, 3) || '8' || substr(${column}, 18, 15))::uuid`;
}
