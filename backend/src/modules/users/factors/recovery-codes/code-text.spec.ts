import { describe, expect, it } from '@jest/globals';
import { canonicalRecoveryCode, newRecoveryCode } from './code-text.js';

describe('a recovery code', () => {
  it('is 140 random bits in groups that can be typed', () => {
    const codes = Array.from({ length: 200 }, newRecoveryCode);
    expect(new Set(codes).size).toBe(200);
    for (const code of codes) expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{7}-){3}[0-9a-hjkmnp-tv-z]{7}$/);
    expect(new Set(codes.join('')).size).toBe(33);
  });

  it('is the same however it is typed', () => {
    const code = '01abc-defgh-jkmnp-qrstv-wxyz2';
    for (const typed of [code, code.toUpperCase(), code.replaceAll('-', ' '), ` o${'iabcdefghjkmnpqrstvwxyz2'} `])
      expect(canonicalRecoveryCode(typed)).toBe('01abcdefghjkmnpqrstvwxyz2');
    expect(canonicalRecoveryCode('OLABC')).toBe('01abc');
  });
});
