import { randomInt } from 'node:crypto';

// Crockford's base32 in lower case: no letter that is read as a digit or as another letter.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const GROUPS = 5;
const GROUP = 5;

/**
 * A new recovery code such as `k3m9p-…`: 25 characters of base32, 125 random bits, so that a plain digest of it may be
 * stored (OWASP ASVS 5.0, 6.5.2 asks for 112).
 */
export function newRecoveryCode(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** A code as it was meant: case, spaces and dashes do not matter, and what looks alike is the same. */
export function canonicalRecoveryCode(typed: string): string {
  return typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');
}
