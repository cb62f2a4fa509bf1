import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FilterError } from './errors.js';
import { parse } from './parser.js';
import { dealFilters } from './testing/arbitraries.js';
import { print, type Tree } from './tree.js';

/** The tree as a list expression, positions left out. */
function outline(tree: Tree): unknown {
  switch (tree.kind) {
    case 'not':
      return ['not', outline(tree.child)];
    case 'words':
      return tree.value.kind === 'prefix' ? `${tree.value.text}*` : tree.value.text;
    case 'term':
      return print(tree);
    default:
      return [tree.kind, ...tree.children.map(outline)];
  }
}

function withoutSpans(tree: Tree): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (/span$/i.test(key) ? undefined : value)));
}

function errorOf(text: string): FilterError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`"${text}" parsed`);
}

describe('parse', () => {
  it.each<[string, unknown]>([
    ['', ['and']],
    ['  \u3000 ', ['and']],
    ['a', 'a'],
    ['a or b c', ['or', 'a', ['and', 'b', 'c']]],
    ['a b or c', ['or', ['and', 'a', 'b'], 'c']],
    ['(a or b) c', ['and', ['or', 'a', 'b'], 'c']],
    ['a and b AND c', ['and', 'a', 'b', 'c']],
    ['not a b', ['and', ['not', 'a'], 'b']],
    ['-a or b', ['or', ['not', 'a'], 'b']],
    ['not (a b)', ['not', ['and', 'a', 'b']]],
    ['--a', ['not', ['not', 'a']]],
    ['a-b', 'a-b'],
    ['x:-3', 'x:-3'],
    ['-x:-3', ['not', 'x:-3']],
    ['x:a,b', 'x:a,b'],
    ['x:"a,b",c', 'x:"a,b",c'],
    ['x!=a', 'x!=a'],
    ['x>=1 y<2', ['and', 'x>=1', 'y<2']],
    ['x:1..2', 'x:1..2'],
    ['x:1..', 'x:1..'],
    ['x:..2', 'x:..2'],
    ['x:-2..-1', 'x:-2..-1'],
    ['x:"a".."b"', 'x:"a".."b"'],
    ['x:*', 'x:*'],
    ['x:1.. 2*', ['and', 'x:1..', '2*']],
    ['x:a ..b', ['and', 'x:a', '..b']],
    ['x:a ,b', ['and', 'x:a', ',b']],
    ['x:ab*', 'x:ab*'],
    ['x:"a b"*', 'x:"a b"*'],
    ['ab*', 'ab*'],
    ['"or"', 'or'],
    ['or:a', 'or:a'],
    ['to:country:PT', 'to:country:PT'],
    ['was.status:open', 'was.status:open'],
    ['(a)(b)', ['and', 'a', 'b']],
    ['a"b"'.replace('a"', 'a "'), ['and', 'a', 'b']],
    ['"say \\"hi\\" \\\\o/"', 'say "hi" \\o/'],
    ['C:\\x', 'C:\\x'],
    ['北京 價格<5', ['and', '北京', '價格<5']],
    ['👍', '👍'],
  ])('reads %j', (text, tree) => {
    expect(outline(parse(text))).toEqual(tree);
  });

  it.each<[string, string, number, number]>([
    ['x:', 'missing-value', 0, 2],
    ['x: a', 'missing-value', 0, 2],
    ['x:a,', 'missing-value', 0, 2],
    ['x:,a', 'missing-value', 0, 2],
    ['x: *', 'missing-value', 0, 2],
    ['x:a *', 'unexpected', 4, 5],
    ['a *', 'unexpected', 2, 3],
    ['x:(a or b)', 'missing-value', 0, 2],
    ['x:..', 'missing-value', 2, 4],
    [':a', 'bad-field', 0, 1],
    ['1x:a', 'bad-field', 0, 3],
    ['http//:a', 'bad-field', 0, 7],
    ['x:<5', 'unexpected', 1, 4],
    ['x:1..2..3', 'unexpected', 6, 7],
    ['(a', 'unclosed-parenthesis', 0, 1],
    ['a)', 'unexpected', 1, 2],
    ['()', 'unexpected', 1, 2],
    ['a or', 'unexpected', 4, 4],
    ['or a', 'unexpected', 0, 2],
    ['a and or b', 'unexpected', 6, 8],
    ['not', 'unexpected', 3, 3],
    ['a - b', 'unexpected', 2, 3],
    ['*', 'unexpected', 0, 1],
    ['a*b', 'unexpected', 1, 2],
    ['x:a*b', 'unexpected', 3, 4],
    ['x:**', 'unexpected', 2, 3],
    ['"a', 'unclosed-quote', 0, 2],
    ['x:"a\\"', 'unclosed-quote', 2, 6],
    ['"a\\n"', 'bad-escape', 2, 4],
    ['a"b"', 'unexpected', 0, 2],
    ['"a"b', 'unexpected', 3, 4],
    ['x:a"b"', 'unexpected', 3, 4],
    ['x:“a”', 'unexpected', 2, 3],
    ['a\0b', 'unstorable-character', 1, 2],
    ['ab\uD83D', 'unstorable-character', 2, 3],
    ['\uDE00ab', 'unstorable-character', 0, 1],
  ])('refuses %j', (text, code, start, end) => {
    const error = errorOf(text);
    expect({ code: error.code, position: error.position }).toEqual({ code, position: { start, end } });
    expect(error.message).toMatch(/^.{10,200}[.:?]$/su);
  });

  it('offers a replacement that parses where it knows one', () => {
    for (const text of ['price:<400', 'a and or b', '"a\\n"', '"a"b', 'a or']) {
      const { suggestion, position } = errorOf(text);
      if (suggestion === undefined) continue;
      const mended = text.slice(0, position.start) + suggestion + text.slice(position.end);
      expect(() => parse(mended)).not.toThrow();
    }
    expect(errorOf('price:<400').suggestion).toBe('<400');
  });

  it('points every node at its text', () => {
    const text = 'a  -(x:1,2 or "b c") y:3..4';
    const spans: string[] = [];
    const walk = (tree: Tree): void => {
      spans.push(text.slice(tree.span.start, tree.span.end));
      if (tree.kind === 'not') walk(tree.child);
      if (tree.kind === 'and' || tree.kind === 'or') tree.children.forEach(walk);
    };
    walk(parse(text));
    expect(spans).toEqual([text, 'a', '-(x:1,2 or "b c"', 'x:1,2 or "b c"', 'x:1,2', '"b c"', 'y:3..4']);
  });
});

describe('limits', () => {
  it.each<[string, string, string]>([
    ['10,000 characters', 'a '.repeat(5_000), 'a '.repeat(50_000)],
    ['100 parentheses', '('.repeat(100) + 'a' + ')'.repeat(100), '('.repeat(101) + 'a' + ')'.repeat(101)],
    ['100 negations', '-'.repeat(100) + 'a', '-'.repeat(1_000) + 'a'],
    ['500 terms', 'a '.repeat(500), 'a '.repeat(501)],
    ['500 alternatives', `x:${Array(500).fill('a').join(',')}`, `x:${Array(501).fill('a').join(',')}`],
  ])('accepts %s and refuses more with a sentence', (what, most, tooMuch) => {
    if (!what.includes('characters')) expect(() => parse(most)).not.toThrow();
    expect(errorOf(tooMuch).code).toMatch(/^too-/);
  });

  it('refuses 100,000 characters and a nesting of 1,000 without overflowing', () => {
    expect(errorOf('x'.repeat(100_000))).toMatchObject({ code: 'too-long', position: { start: 10_000, end: 100_000 } });
    expect(errorOf(`${'('.repeat(1_000)}a${')'.repeat(1_000)}`).code).toBe('too-deep');
    expect(errorOf(`${'not ('.repeat(1_000)}a${')'.repeat(1_000)}`).code).toBe('too-deep');
    expect(() => parse('x'.repeat(10_000))).not.toThrow();
  });
});

describe('any text', () => {
  const pieces = [
    '(',
    ')',
    '-',
    'not',
    'or',
    'and',
    '"',
    '\\',
    ':',
    '=',
    '!=',
    '<',
    '>=',
    '*',
    '..',
    ',',
    'a',
    'price',
    '7d',
    ' ',
    '\u3000',
    '\0',
    '\uD800',
    '😀',
    'İ',
    'é',
    '北京',
  ];
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => some.join('')),
    dealFilters.chain((text) =>
      fc
        .tuple(fc.nat(text.length), fc.nat(3), fc.constantFrom(...pieces))
        .map(([at, cut, piece]) => text.slice(0, at) + piece + text.slice(at + cut)),
    ),
  );

  it('parses or is refused with a FilterError inside the text, and what parses prints back to the same tree', () => {
    let parsed = 0;
    fc.assert(
      fc.property(anything, (text) => {
        let tree: Tree;
        try {
          tree = parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
          const { position, suggestion } = error as FilterError;
          expect(position.start).toBeGreaterThanOrEqual(0);
          expect(position.end).toBeGreaterThanOrEqual(position.start);
          expect(position.end).toBeLessThanOrEqual(text.length);
          expect(suggestion).not.toBe('');
          return;
        }
        parsed += 1;
        const printed = print(tree);
        expect(withoutSpans(parse(printed))).toEqual(withoutSpans(tree));
        expect(print(parse(printed))).toBe(printed);
      }),
      { numRuns: 10_000 },
    );
    expect(parsed).toBeGreaterThan(1_000);
  });

  it('takes every generated deal filter', () => {
    fc.assert(
      fc.property(dealFilters, (text) => {
        expect(withoutSpans(parse(print(parse(text))))).toEqual(withoutSpans(parse(text)));
      }),
      { numRuns: 500 },
    );
  });
});
