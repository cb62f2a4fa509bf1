import { randomInt } from 'node:crypto';

// Crockford's base32 in lower case: no letter that is read as a digit or as another letter.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const GROUPS = 4;
const GROUP = 7;

/**
 * A new recovery code such as `k3m9p2q-…`: 28 characters of base32, 140 random bits, so that a plain digest of it may be
 * stored (OWASP ASVS 5.0 asks for 112 in 6.5.2 and for 128 in 11.5.1). Those of before have 25 and go on working.
 */
export function newRecoveryCode(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** A code as it was meant: case, spaces and dashes do not matter, and what looks alike is the same. */
export function canonicalRecoveryCode(typed: string): string {
  return typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');
}
