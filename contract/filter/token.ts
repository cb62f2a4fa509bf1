import type { Span } from './errors.js';

/** What a token is. */
export type TokenKind =
  | 'open'
  | 'close'
  | 'minus'
  | 'and'
  | 'or'
  | 'not'
  | 'bare'
  | 'string'
  | 'field'
  | 'operator'
  | 'comma'
  | 'dots'
  | 'star'
  | 'end';

/** One token; `text` is the value for bare and quoted text (escapes undone), the source otherwise. */
export interface Token extends Span {
  readonly kind: TokenKind;
  readonly text: string;
}
