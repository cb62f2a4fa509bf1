/** A field that is wrong: a JSON pointer (RFC 6901) into the request part, and a sentence. */
export interface FieldError {
  /** Such as `/body/price` or `/query/limit`. */
  path: string;
  message: string;
}

/** What an error may carry beside its sentence. */
export interface ErrorExtra {
  errors?: FieldError[];
  /** Headers of the answer, such as `Retry-After`. */
  headers?: Record<string, string>;
  /** Further members of the problem document, such as the position in a wrong filter. */
  members?: Record<string, unknown>;
  cause?: unknown;
}

/** A class of domain errors: stable code, HTTP status and title of its problem document. */
export interface DomainErrorClass {
  new (...args: never[]): DomainError;
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

/**
 * A refusal that the caller may see: it becomes a problem document (RFC 9457). A room derives its own in `x.errors.ts`:
 *
 * @example class SourcePaused extends Conflict { static override code = 'source_paused'; static override title = 'Source is paused'; }
 */
export abstract class DomainError extends Error {
  static code = 'error';
  static status = 500;
  static title = 'Error';

  /** @param detail a sentence for the person: what is wrong and what would be right */
  constructor(
    readonly detail: string,
    readonly extra: ErrorExtra = {},
  ) {
    super(detail, { cause: extra.cause });
    this.name = new.target.name;
  }

  get code(): string {
    return (this.constructor as unknown as DomainErrorClass).code;
  }

  get status(): number {
    return (this.constructor as unknown as DomainErrorClass).status;
  }

  get title(): string {
    return (this.constructor as unknown as DomainErrorClass).title;
  }
}
