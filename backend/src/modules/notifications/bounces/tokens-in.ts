import { bodyText, MOST, partsOf, readHead } from './mail-parts.js';

/** Of a report that repeats the mail it is about there is one, in its head and in the address that it came back to. */
const TOKENS = 20;
/** As `ReturnPaths` writes it: 28 bytes in base32. */
const TOKEN = /(?<![a-z0-9])[a-z2-7]{45}(?![a-z0-9])/gi;

/** Whatever in a mail looks like the token of a mail of ours, wherever it stands: only its code says whether it is one. */
export function tokensIn(raw: Buffer): string[] {
  const { head, body } = readHead(raw);
  const text = raw.subarray(0, MOST).toString('latin1');
  const found = new Set<string>();
  for (const one of [text, ...partsOf(head, body).map(bodyText)])
    for (const [token] of one.matchAll(TOKEN)) {
      found.add(token.toLowerCase());
      if (found.size >= TOKENS) return [...found];
    }
  return [...found];
}
