/** A stretch of the filter text in UTF-16 code units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Why a filter was refused. Stable: clients switch on it. */
export type FilterErrorCode =
  | 'too-long'
  | 'too-deep'
  | 'too-many-terms'
  | 'unstorable-character'
  | 'unclosed-quote'
  | 'bad-escape'
  | 'unclosed-parenthesis'
  | 'unexpected'
  | 'missing-value'
  | 'bad-field'
  | 'unknown-field'
  | 'bad-operator'
  | 'bad-value'
  | 'unknown-value'
  | 'events-only';

/** What a `FilterError` says beside its sentence. */
export interface FilterErrorDetail {
  /** What would have been right at this place, in words. */
  readonly expected?: string;
  /** A text that may replace `position` as it stands. */
  readonly suggestion?: string;
}

/** The one error that parsing, checking and compiling a filter throw because of what a person wrote. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly expected: string | undefined;
  readonly suggestion: string | undefined;

  /**
   * @param code stable reason
   * @param position where in the filter text
   * @param message one plain sentence for the person who wrote the filter
   */
  constructor(
    readonly code: FilterErrorCode,
    readonly position: Span,
    message: string,
    detail: FilterErrorDetail = {},
  ) {
    super(message);
    this.expected = detail.expected;
    this.suggestion = detail.suggestion;
  }

  /** The error as plain data, ready for a problem document. */
  toJSON(): { code: FilterErrorCode; position: Span; message: string; expected?: string; suggestion?: string } {
    return {
      code: this.code,
      position: this.position,
      message: this.message,
      ...(this.expected === undefined ? {} : { expected: this.expected }),
      ...(this.suggestion === undefined ? {} : { suggestion: this.suggestion }),
    };
  }
}
