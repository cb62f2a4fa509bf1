/**
 * The addresses in a text: by commas, semicolons, spaces or lines, also as mail programs write them (`Ada <ada@example.com>`).
 * Each once; what has no @ is passed over, all else is for the server to judge.
 */
export function addresses(text: string): string[] {
  const found = text.split(/[\s,;<>]+/).filter((word) => /^[^@]+@[^@]+$/.test(word));
  return [...new Map(found.map((one) => [one.toLowerCase(), one])).values()];
}
