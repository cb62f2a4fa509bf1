import { FilterError } from './errors.js';
import { refuseUnstorable, shorten } from './text.js';
import type { Token, TokenKind } from './token.js';

const BLANK = /\s/;
const FIELD = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
const OPERATOR = /(?:!=|<=|>=|[:=<>])/y;
const WORD = /(?:(?!!=)[^\s():=<>"])+/y;
const PIECE = /(?:(?!\.\.)[^\s(),"])+/y;
const STRING = /"((?:[^"\\]|\\[^])*)"/y;
const RESERVED = new Map<string, TokenKind>([
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
]);

/**
 * Cuts a filter into tokens. Purely lexical knowledge lives here: where a field ends, that a `-` after an operator
 * belongs to the value, quotes and escapes.
 *
 * @throws FilterError for text that is too long, that PostgreSQL cannot store, or that is badly quoted
 */
export function lex(text: string): Token[] {
  refuseUnstorable(text);
  return new Lexer(text).run();
}

class Lexer {
  private at = 0;
  private readonly tokens: Token[] = [];

  constructor(private readonly text: string) {}

  run(): Token[] {
    for (this.blanks(); this.at < this.text.length; this.blanks()) this.piece();
    this.push('end', this.at, '');
    return this.tokens;
  }

  private piece(): void {
    const char = this.text[this.at];
    if (char === '(') this.push('open', this.at++, char);
    else if (char === ')') this.push('close', this.at++, char);
    else if (char === '-') this.minus();
    else if (char === '"') this.phrase();
    else this.word();
  }

  private minus(): void {
    const next = this.text[this.at + 1];
    if (next === undefined || BLANK.test(next)) {
      this.fail('unexpected', this.at, this.at + 1, 'A minus negates the term right after it; here no term follows.', {
        expected: 'a term directly after the minus',
      });
    }
    this.push('minus', this.at++, '-');
  }

  private phrase(): void {
    this.string();
    if (this.text[this.at] === '*') this.push('star', this.at++, '*');
    this.mustBreak(/[\s()]/);
  }

  /** A bare word, or a field with its operator and values. */
  private word(): void {
    const start = this.at;
    const word = this.scan(WORD);
    const operator = this.scan(OPERATOR);
    if (operator) {
      this.field(start, word, operator);
      this.values();
      return;
    }
    if (this.text[this.at] === '"') {
      this.fail('unexpected', start, this.at + 1, 'A quote opens in the middle of a word; quote the whole of it.');
    }
    const reserved = RESERVED.get(word.toLowerCase());
    if (reserved) this.push(reserved, start, word);
    else this.starred('bare', start, word);
  }

  private field(start: number, name: string, operator: string): void {
    const end = start + name.length;
    if (!FIELD.test(name)) {
      this.fail(
        'bad-field',
        start,
        end + operator.length,
        `"${shorten(name + operator)}" does not begin with a field's name.`,
        {
          expected: `a field before "${operator}", or quotes around text that contains it`,
        },
      );
    }
    this.push('field', start, name, end);
    this.push('operator', end, operator);
  }

  private values(): void {
    for (;;) {
      this.value();
      if (this.text.startsWith('..', this.at)) {
        this.push('dots', this.at, '..');
        this.at += 2;
        this.value();
      }
      if (this.text[this.at] !== ',') break;
      this.push('comma', this.at++, ',');
    }
    this.mustBreak(/[\s()]/);
  }

  private value(): void {
    const start = this.at;
    if (this.text[start] === '"') {
      this.string();
      if (this.text[this.at] === '*') this.push('star', this.at++, '*');
      return;
    }
    const piece = this.scan(PIECE);
    if (/^[<>=!]/.test(piece)) {
      const previous = this.tokens.at(-1);
      this.fail(
        'unexpected',
        previous?.start ?? start,
        this.at,
        `Two operators stand together before "${shorten(piece)}".`,
        {
          expected: 'one of : = != < <= > >=',
          ...(previous?.text === ':' ? { suggestion: piece } : {}),
        },
      );
    }
    if (/^[“”„«»]/.test(piece)) {
      this.fail('unexpected', start, start + 1, 'Quote with straight quotes ("), not typographic ones.', {
        suggestion: '"',
      });
    }
    if (piece) this.starred('bare', start, piece);
  }

  /** Pushes unquoted text and the star that may end it; a star anywhere else must be quoted. */
  private starred(kind: TokenKind, start: number, text: string): void {
    const star = text.indexOf('*');
    if (star >= 0 && star < text.length - 1) {
      this.fail(
        'unexpected',
        start + star,
        start + star + 1,
        'A star may only end a value; quote it to mean the character.',
        {
          expected: 'the star at the end, or the value in quotes',
        },
      );
    }
    const body = star < 0 ? text : text.slice(0, -1);
    if (body) this.push(kind, start, body, start + body.length);
    if (star >= 0) this.push('star', start + body.length, '*');
  }

  private string(): void {
    const start = this.at;
    const source = this.scan(STRING);
    if (!source) {
      this.fail('unclosed-quote', start, this.text.length, 'This quote is not closed.', { expected: 'a closing "' });
    }
    const inner = source.slice(1, -1);
    const bad = /\\[^"\\]/.exec(inner.replace(/\\["\\]/g, '..'));
    if (bad) {
      const at = start + 1 + bad.index;
      this.fail('bad-escape', at, at + 2, 'In quotes a backslash may stand only before " or another backslash.', {
        expected: '\\" or \\\\',
        suggestion: `\\${inner.slice(bad.index, bad.index + 2)}`,
      });
    }
    this.push('string', start, inner.replace(/\\(["\\])/g, '$1'), this.at);
  }

  private mustBreak(allowed: RegExp): void {
    const next = this.text[this.at];
    if (next === undefined || allowed.test(next)) return;
    this.fail('unexpected', this.at, this.at + 1, `"${next}" cannot follow directly here.`, {
      expected: 'a space, or the whole value in one pair of quotes',
      ...(next === '"' ? {} : { suggestion: ` ${next}` }),
    });
  }

  private blanks(): void {
    while (this.at < this.text.length && BLANK.test(this.text.charAt(this.at))) this.at += 1;
  }

  private scan(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private push(kind: TokenKind, start: number, text: string, end = start + text.length): void {
    this.tokens.push({ kind, text, start, end });
  }

  private fail(
    code: ConstructorParameters<typeof FilterError>[0],
    start: number,
    end: number,
    message: string,
    detail?: ConstructorParameters<typeof FilterError>[3],
  ): never {
    throw new FilterError(code, { start, end }, message, detail);
  }
}
