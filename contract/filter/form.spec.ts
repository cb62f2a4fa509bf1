import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromForm, toForm } from './form.js';
import { dealFilters } from './testing/arbitraries.js';
import { parse } from './parser.js';
import { print } from './tree.js';

const again = (text: string) => fromForm(toForm(text) ?? []);

describe('a filter as a form', () => {
  it('has a line for each thing that must be true', () => {
    expect(toForm('origin:"New York",BOS price<=400 -airline:frontier beach')).toEqual([
      { field: 'origin', operator: ':', value: 'New York, BOS', not: false },
      { field: 'price', operator: '<=', value: '400', not: false },
      { field: 'airline', operator: ':', value: 'frontier', not: true },
      { field: '', operator: ':', value: 'beach', not: false },
    ]);
    expect(toForm('')).toEqual([]);
  });

  it.each(['origin:a or price<3', '-(a b)', '(a or b) c', 'changed:price', 'was.status:active', '-(-a)'])(
    'says that %s cannot be shown',
    (text) => {
      expect(toForm(text)).toBeUndefined();
    },
  );

  it('throws what the parser says of a text that is no filter', () => {
    expect(() => toForm('price<(')).toThrow();
  });

  it.each([
    'price:100..400',
    'found>-7d',
    'z<-1.5',
    'title:*',
    'title:"a, b","say \\"x\\""',
    'title:"*"',
    'title:"a..b"',
    'title:ab*',
    'title:"New Y"*',
    'departs:2027-03..2027-05',
    'departs:"2027-03-15T10:00"',
    '"or" beach',
    '"two words" -beach',
    'title:"-x"',
    'title:"not"',
  ])('gives %s back as it was', (text) => {
    expect(print(parse(again(text)))).toBe(print(parse(text)));
  });

  it('gives every filter that it can show back with the same lines', () => {
    fc.assert(
      fc.property(dealFilters, (text) => {
        const lines = toForm(text);
        if (lines) expect(toForm(fromForm(lines))).toEqual(lines);
      }),
      { numRuns: 300 },
    );
  });

  it('writes what a person types into a line as one value', () => {
    const write = (value: string) => fromForm([{ field: 'title', operator: ':', value, not: false }]);
    expect(write('New York, a (b)')).toBe('title:"New York","a (b)"');
    expect(write(' ')).toBe('');
    expect(() => parse(write('half "quoted'))).not.toThrow();
  });
});
