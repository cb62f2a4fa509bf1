import { describe, expect, it } from '@jest/globals';
import { translationFaults } from './words.mjs';

describe('the words of the console', () => {
  it('are held against a translation: each is there, with the same placeholders', () => {
    const words = new Map([
      ['1', 'Deals'],
      ['2', 'and {$COUNT} more of {$NAME}'],
      ['3', 'Inbox'],
    ]);
    expect(translationFaults(words, { 1: '特价', 2: '{$NAME} 还有 {$COUNT} 条', 3: '收件箱' })).toEqual([]);
    expect(translationFaults(words, { 1: '特价', 2: '还有 {$COUNT} 条' })).toEqual([
      '"2": has the placeholders {$COUNT} for {$COUNT} {$NAME}',
      '"3": "Inbox" is not translated',
    ]);
  });
});
