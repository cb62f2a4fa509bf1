import { describe, expect, it } from '@jest/globals';
import { isKeyText, newKeyText } from './key-text.js';

describe('key texts', () => {
  it('have the prefix, 32 random digits and a checksum', () => {
    const keys = Array.from({ length: 200 }, newKeyText);
    for (const key of keys) {
      expect(key).toMatch(/^sbx_[0-9A-Za-z]{38}$/);
      expect(isKeyText(key)).toBe(true);
    }
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are known from mistyped ones without a look at the database', () => {
    const key = newKeyText();
    for (let at = 4; at < key.length; at++) {
      const other = key[at] === 'a' ? 'b' : 'a';
      expect(isKeyText(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
  });

  it.each(['', 'sbx_', 'sbx_short', `ghp_${newKeyText().slice(4)}`, `${newKeyText()} `, `${newKeyText()}0`])(
    'are not %j',
    (text) => {
      expect(isKeyText(text)).toBe(false);
    },
  );

  it('carry the checksum in the form that is documented', () => {
    // CRC-32 (ISO 3309) written out, so that the library is held to it.
    const body = '0'.repeat(32);
    let crc = 0xffffffff;
    for (const char of body) {
      crc ^= char.charCodeAt(0);
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    let value = (crc ^ 0xffffffff) >>> 0;
    let sum = '';
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    for (let i = 0; i < 6; i++, value = Math.floor(value / 62)) sum = digits.charAt(value % 62) + sum;
    expect(isKeyText(`sbx_${body}${sum}`)).toBe(true);
  });
});
