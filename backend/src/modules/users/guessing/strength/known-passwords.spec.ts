import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { isKnownPassword, isMadeOf } from './known-passwords.js';

describe('the list of known passwords', () => {
  it('has every word of the dictionary, and no other', () => {
    const { dictionary } = createRequire(import.meta.url)('@zxcvbn-ts/language-common') as {
      dictionary: Record<string, string[]>;
    };
    const list = dictionary['passwords-common'] ?? [];
    expect(list.length).toBeGreaterThan(40_000);
    expect(list.filter((word) => word.length >= 4 && !isKnownPassword(word))).toEqual([]);
  });

  it.each([
    ['itself', 'basketball'],
    ['in capitals', 'BASKETBALL'],
    ['with a capital', 'Basketball'],
    ['with figures for letters', 'b@sk3tb@ll'],
    ['with figures and capitals', 'B4sk3tB4ll'],
    ['with a 1 for an l', 'basketba11'],
    ['with a year', 'Basketball2024'],
    ['with a year and a sign', 'dragon2024!'],
    ['with signs around it', '!!basketball!!'],
    ['twice', 'dragondragon'],
    ['twice and a half', 'monkeymonkeymon'],
    ['twice with something added', 'dragondragon77'],
    ['with something added, twice', 'dragon77dragon77'],
    ['with figures, twice', 'p4ssw0rdp4ssw0rd'],
    ['with figures and a sign at its start', '$ecret1234'],
    ['in wide characters', 'ｂａｓｋｅｔｂａｌｌ'],
    ['a row of keys', 'qwertyuiop'],
    ['digits', '1234567890'],
    ['digits that go on', '12345678901234'],
    ['digits downwards', '9876543210'],
    ['the alphabet', 'abcdefghijklmn'],
    ['the alphabet downwards', 'zyxwvutsrqponm'],
  ])('knows a word %s', (_, password) => {
    expect(isKnownPassword(password)).toBe(true);
  });

  it.each([
    'correct horse battery staple',
    'plums in a wooden bowl',
    'a long enough password',
    'dragon 83920184720193',
    'xK9#mQ2$vL5p',
    'пароль-на-завтра',
    '😀😁😂🤣😃😄😅😆😉😊',
    'monkey business as usual',
    'xxxxxxxxxxxxxxxbasketball',
  ])('does not know %j', (password) => {
    expect(isKnownPassword(password)).toBe(false);
  });

  it('knows what is repeated in the longest password, and no other of that length', () => {
    expect(isKnownPassword('aZ3'.repeat(341))).toBe(true);
    expect(isKnownPassword('dragon'.repeat(170))).toBe(true);
    expect(isKnownPassword('plums in a bowl'.repeat(68))).toBe(false);
  });
});

describe('a password made of what everybody knows of the person', () => {
  const own = ['ada.lovelace@example.com', 'Ada Lovelace', 'signalbox'];

  it.each([
    'ada.lovelace@example.com',
    'Ada Lovelace',
    'lovelace1815',
    'L0vel4ce!!',
    'lovelacelovelace',
    'Signalbox1!',
    '!!Signalb0x!!',
  ])('is found: %j', (password) => {
    expect(isMadeOf(password, own)).toBe(true);
  });

  it.each(['lovelace and babbage', 'the signalbox of my uncle', 'ada ada ada', 'example example'])(
    'is not any that holds it: %j',
    (password) => {
      expect(isMadeOf(password, own)).toBe(false);
    },
  );
});
