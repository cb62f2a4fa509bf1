import { describe, expect, it } from '@jest/globals';
import { csvLine } from './csv.js';

describe('a line of CSV', () => {
  it('quotes what needs it and ends as RFC 4180 says', () => {
    expect(csvLine(['a', 1, null, true, 'b,c', 'say "x"', 'two\nlines', ''])).toBe(
      'a,1,,true,"b,c","say ""x""","two\nlines",\r\n',
    );
  });

  it.each([
    ['=HYPERLINK("http://evil")', `"'=HYPERLINK(""http://evil"")"\r\n`],
    ['=1+1', `'=1+1\r\n`],
    ['+1', `'+1\r\n`],
    ['-1', `'-1\r\n`],
    ['@SUM(A1)', `'@SUM(A1)\r\n`],
    ['\t=1', `'\t=1\r\n`],
    ['\r=1', `"'\r=1"\r\n`],
    ['＝1', `'＝1\r\n`],
    ['a=1', 'a=1\r\n'],
  ])('makes no formula of %j', (text, line) => {
    expect(csvLine([text])).toBe(line);
  });

  it('leaves numbers alone, which nobody else wrote', () => {
    expect(csvLine([-5])).toBe('-5\r\n');
  });
});
