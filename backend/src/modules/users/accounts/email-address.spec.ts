import { describe, expect, it } from '@jest/globals';
import { emailAddress, EmailRefused } from './email-address.js';

describe('emailAddress', () => {
  it.each([
    ['ada@example.com', 'ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace@Example.COM ', 'Ada.Lovelace@example.com', 'ada.lovelace@example.com'],
    ['ada+deals@mail.example.co.uk', 'ada+deals@mail.example.co.uk', 'ada+deals@mail.example.co.uk'],
    ['ａｄａ@ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com', 'ada@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@例え.jp', 'ada@xn--r8jz45g.jp', 'ada@xn--r8jz45g.jp'],
    ['ada@почта.рф', 'ada@xn--80a1acny.xn--p1ai', 'ada@xn--80a1acny.xn--p1ai'],
  ])('reads %j', (text, address, key) => {
    expect(emailAddress(text)).toEqual({ address, key });
  });

  it('gives one key to every spelling of an address', () => {
    const spellings = ['ADA@example.com', 'ada@EXAMPLE.com', 'Ada@example.com', 'ada@example.com', 'ａda@example.com'];
    expect(new Set(spellings.map((s) => emailAddress(s).key))).toEqual(new Set(['ada@example.com']));
  });

  it.each([
    ['a Cyrillic letter before @', 'аda@example.com'],
    ['a dotless i before @', 'mıke@example.com'],
    ['an accent before @', 'adá@example.com'],
    ['a null character', 'ada\u0000@example.com'],
    ['a line break', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a zero-width space', 'ada\u200b@example.com'],
    ['a direction override', 'ada\u202e@example.com'],
    ['a lone surrogate', 'ada\ud800@example.com'],
    ['alphabets mixed in the domain', 'ada@exаmple.com'],
    ['a domain of letters that look Latin', 'ada@аррӏе.com'],
    ['no @', 'ada.example.com'],
    ['nothing before @', '@example.com'],
    ['two @', 'ada@home@example.com'],
    ['a quoted part', '"ada lovelace"@example.com'],
    ['doubled dots', 'ada..l@example.com'],
    ['a leading dot', '.ada@example.com'],
    ['a leading dash', '-ada@example.com'],
    ['a domain without a dot', 'ada@localhost'],
    ['an address literal', 'ada@[127.0.0.1]'],
    ['an IP address', 'ada@127.0.0.1'],
    ['a hyphen at a label’s end', 'ada@example-.com'],
    ['a list', 'ada@example.com,eve@example.com'],
    ['65 characters before @', `${'a'.repeat(65)}@example.com`],
    [
      'more than 254 characters',
      `ada@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example.com`,
    ],
    ['a megabyte', `${'a'.repeat(1_000_000)}@example.com`],
  ])('refuses %s', (_, text) => {
    expect(() => emailAddress(text)).toThrow(EmailRefused);
  });
});
