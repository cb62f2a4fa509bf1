import { FilterError, type FilterErrorCode, type FilterErrorDetail, type Span } from './errors.js';
import { lex } from './lexer.js';
import { shorten } from './text.js';
import type { Token, TokenKind } from './token.js';
import type { Group, Operator, Prefix, Scalar, Term, Tree, Value, Words } from './tree.js';

/** Deepest accepted nesting of parentheses and negations. */
export const MAX_DEPTH = 100;
/** Most terms a filter may have; every alternative counts as one. */
export const MAX_TERMS = 500;

const TERM_START: ReadonlySet<TokenKind> = new Set(['open', 'minus', 'not', 'bare', 'string', 'field', 'star']);

/**
 * Parses a filter. Precedence, binding tightest first: negation (`-` or `not`), and (juxtaposition or `and`), or.
 * Empty text is the filter that everything matches. Recursive descent, its depth bounded by `MAX_DEPTH`.
 *
 * @throws FilterError with the position, and where it can what was expected and a replacement
 */
export function parse(text: string): Tree {
  return new Parser(lex(text), text).run();
}

class Parser {
  private next = 0;
  private depth = 0;
  private terms = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly text: string,
  ) {}

  run(): Tree {
    if (this.peek().kind === 'end') return { kind: 'and', children: [], span: { start: 0, end: this.text.length } };
    const tree = this.or();
    const rest = this.peek();
    if (rest.kind === 'close') throw this.error('unexpected', rest, 'This parenthesis closes nothing.');
    if (rest.kind !== 'end') throw this.unexpected(rest);
    return tree;
  }

  private or(): Tree {
    const children = [this.and()];
    while (this.take('or')) children.push(this.and());
    return group('or', children);
  }

  private and(): Tree {
    const children = [this.unary()];
    for (;;) {
      if (this.take('and')) children.push(this.unary());
      else if (TERM_START.has(this.peek().kind)) children.push(this.unary());
      else return group('and', children);
    }
  }

  private unary(): Tree {
    const sign = this.take('minus') ?? this.take('not');
    if (!sign) return this.primary();
    const child = this.nested(sign, () => this.unary());
    return { kind: 'not', child, span: { start: sign.start, end: child.span.end } };
  }

  private primary(): Tree {
    const token = this.peek();
    const open = this.take('open');
    if (open) return this.nested(open, () => this.parenthesised(open));
    if (token.kind === 'field') return this.term();
    if (token.kind === 'bare' || token.kind === 'string') return this.words();
    if (token.kind === 'star') {
      throw this.error('unexpected', token, 'A star needs a field or the beginning of a word before it.', {
        expected: 'field:* or word*',
      });
    }
    throw this.unexpected(token);
  }

  private parenthesised(open: Token): Tree {
    const inner = this.or();
    if (this.take('close')) return inner;
    if (this.peek().kind !== 'end') throw this.unexpected(this.peek());
    throw this.error('unclosed-parenthesis', open, 'This parenthesis is not closed.', { expected: 'a closing )' });
  }

  private words(): Words {
    const value = this.scalar();
    this.count(value.span);
    const star = this.takeAdjacent('star');
    const starred: Prefix | Scalar = star ? { ...value, kind: 'prefix', span: join(value.span, star) } : value;
    return { kind: 'words', value: starred, span: starred.span };
  }

  private term(): Term {
    const field = this.advance();
    const operator = this.advance();
    const values = [this.value(field, operator)];
    while (this.take('comma')) values.push(this.value(field, operator));
    const last = values[values.length - 1] ?? operator;
    return {
      kind: 'term',
      field: field.text,
      fieldSpan: spanOf(field),
      operator: operator.text as Operator,
      values,
      span: { start: field.start, end: 'span' in last ? last.span.end : last.end },
    };
  }

  private value(field: Token, operator: Token): Value {
    const first = this.peek();
    this.count(first);
    const star = this.takeAdjacent('star');
    if (star) return { kind: 'present', span: spanOf(star) };
    const from = this.atScalar() ? this.scalar() : undefined;
    const ending = from && this.takeAdjacent('star');
    if (ending) return { ...from, kind: 'prefix', span: join(from.span, ending) };
    const dots = this.takeAdjacent('dots');
    if (dots) {
      const to = this.atScalar() ? this.scalar() : undefined;
      if (!from && !to) throw this.error('missing-value', dots, 'A range needs a value on at least one side of "..".');
      return {
        kind: 'range',
        from,
        to,
        span: { start: from?.span.start ?? dots.start, end: to?.span.end ?? dots.end },
      };
    }
    if (from) return from;
    throw this.missing(field, operator, first);
  }

  private missing(field: Token, operator: Token, found: Token): FilterError {
    const written = shorten(field.text + operator.text);
    const detail =
      found.kind === 'open'
        ? { expected: `alternatives as ${written}a,b or ${written}a or ${written}b` }
        : { expected: `a value directly after "${operator.text}", or ${shorten(field.text)}:* for any value` };
    return new FilterError(
      'missing-value',
      { start: field.start, end: operator.end },
      `"${written}" has no value.`,
      detail,
    );
  }

  private atScalar(): boolean {
    return (this.peek().kind === 'bare' || this.peek().kind === 'string') && this.isAdjacent();
  }

  private scalar(): Scalar {
    const token = this.advance();
    return { kind: 'scalar', text: token.text, quoted: token.kind === 'string', span: spanOf(token) };
  }

  private nested(at: Token, inside: () => Tree): Tree {
    if (++this.depth > MAX_DEPTH) {
      throw this.error('too-deep', at, `The filter is nested more than ${MAX_DEPTH} deep.`);
    }
    const tree = inside();
    this.depth -= 1;
    return tree;
  }

  private count(at: Span): void {
    if (++this.terms > MAX_TERMS) {
      throw this.error(
        'too-many-terms',
        at,
        `The filter has more than ${MAX_TERMS} terms; every alternative counts as one.`,
      );
    }
  }

  private unexpected(token: Token): FilterError {
    const expected = 'a term, such as field:value, a word or an opening parenthesis';
    if (token.kind === 'end')
      return this.error('unexpected', token, 'The filter ends where a term should follow.', { expected });
    return this.error(
      'unexpected',
      token,
      `"${shorten(this.text.slice(token.start, token.end))}" is not expected here.`,
      {
        expected,
        ...(token.kind === 'or' || token.kind === 'and' ? { suggestion: `"${token.text}"` } : {}),
      },
    );
  }

  private error(code: FilterErrorCode, at: Span, message: string, detail?: FilterErrorDetail): FilterError {
    return new FilterError(code, { start: at.start, end: at.end }, message, detail);
  }

  private peek(): Token {
    return this.tokens[this.next] ?? { kind: 'end', text: '', start: this.text.length, end: this.text.length };
  }

  private advance(): Token {
    const token = this.peek();
    this.next += 1;
    return token;
  }

  /** Whether the next token follows the last one without a blank: the parts of one value do. */
  private isAdjacent(): boolean {
    return this.tokens[this.next - 1]?.end === this.peek().start;
  }

  private takeAdjacent(kind: TokenKind): Token | undefined {
    return this.isAdjacent() ? this.take(kind) : undefined;
  }

  private take(kind: TokenKind): Token | undefined {
    return this.peek().kind === kind ? this.advance() : undefined;
  }
}

function spanOf(token: Token): Span {
  return { start: token.start, end: token.end };
}

function join(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}

function group(kind: Group['kind'], children: readonly Tree[]): Tree {
  const [first] = children;
  const last = children.at(-1);
  if (!first || !last || children.length === 1) return first ?? { kind, children, span: { start: 0, end: 0 } };
  return { kind, children, span: join(first.span, last.span) };
}
