import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What every key begins with, so that scanners for leaked secrets find it. */
export const KEY_PREFIX = 'sbx_';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/**
 * A new key: the prefix, 32 random base62 digits (190 bits) and six digits of their CRC-32, so that a mistyped or invented
 * key is known without asking the database. The form is GitHub's ("Behind GitHub's new authentication token formats", 2021).
 */
export function newKeyText(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  return `${KEY_PREFIX}${random}${checksum(random)}`;
}

/** True when a text has the form of a key and its checksum is right. */
export function isKeyText(text: string): boolean {
  const body = text.slice(KEY_PREFIX.length);
  if (!text.startsWith(KEY_PREFIX) || !/^[0-9A-Za-z]{38}$/.test(body)) return false;
  return checksum(body.slice(0, RANDOM_LENGTH)) === body.slice(RANDOM_LENGTH);
}

function checksum(text: string): string {
  let value = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = DIGITS.charAt(value % DIGITS.length) + digits;
    value = Math.floor(value / DIGITS.length);
  }
  return digits;
}
