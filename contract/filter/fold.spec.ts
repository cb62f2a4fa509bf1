import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold, words } from './fold.js';

describe('fold', () => {
  it.each([
    ['İstanbul', 'istanbul'],
    ['ISTANBUL', 'istanbul'],
    ['ıstanbul', 'istanbul'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδός', 'οδοσ'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['São  Paulo', 'sao paulo'],
    ['Sa\u0303o Paulo', 'sao paulo'],
    ['Łódź', 'lodz'],
    ['Tromsø', 'tromso'],
    ['ﬁnd', 'find'],
    ['ＡＢＣ１２３', 'abc123'],
    ['co\u00ADop\u200B', 'coop'],
    ['❤\uFE0F', '❤'],
    ['北京', '北京'],
    ['が', 'が'],
    ['한국', '한국'],
    ['हिन्दी', 'हिन्दी'],
    [' a\t\u0000\u3000b\n', 'a b'],
    ['x\uD800y', 'x\uFFFDy'],
    ['\uDC00', '\uFFFD'],
    ['', ''],
    ['\u0301', ''],
  ])('takes %j to %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('changes nothing the second time, for every code point', () => {
    const moved: string[] = [];
    const step = 0x400;
    for (let base = 0; base <= 0x10ffff; base += step) {
      const row = Array.from({ length: step }, (_, offset) => `a${String.fromCodePoint(base + offset)}b`).join(' ');
      const once = fold(row);
      if (fold(once) !== once) moved.push(base.toString(16));
    }
    expect(moved).toEqual([]);
  });

  it('always gives text that PostgreSQL can store', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (binary, text) => {
        const folded = fold(binary + text);
        expect(folded).not.toMatch(/[\0\uD800-\uDFFF]/u);
        expect(fold(folded)).toBe(folded);
        expect(fold(text.toUpperCase())).toBe(fold(text.toUpperCase().toLowerCase()));
      }),
    );
  });
});

describe('words', () => {
  it.each([
    ['Non-stop to Lisbon, from $399!', ['non', 'stop', 'to', 'lisbon', 'from', '399']],
    ['北京往返上海', ['北京', '往返', '上海']],
    ['Paris paris PARIS', ['paris']],
    ['hot 🔥 deal', ['hot', '🔥', 'deal']],
    ['!!! ---', []],
    ['', []],
  ])('cuts %j', (text, cut) => {
    expect(words(text)).toEqual(cut);
  });

  it('bounds a word, never inside a character', () => {
    expect(words('a'.repeat(9_000))).toEqual(['a'.repeat(64)]);
    expect(words(`a${'𝕏'.repeat(50)}`)[0]?.length).toBe(51);
    const [long = ''] = words(`a${'𐐨'.repeat(50)}`);
    expect(long.length).toBe(63);
    expect(long).not.toMatch(/[\uD800-\uDFFF]/u);
  });

  it('finds the words of a text again when it is cut out of its own words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const word of words(text)) expect(word).toBe(fold(word));
      }),
    );
  });
});
