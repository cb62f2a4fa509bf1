import { createHash, randomBytes } from 'node:crypto';

/** A new secret of 256 random bits as base64url text of 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: its SHA-256. Random tokens need no salt and no slow hash. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
