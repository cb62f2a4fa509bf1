import { HttpErrorResponse } from '@angular/common/http';

/** A field that the server refused. */
export interface FieldError {
  /** JSON pointer into the request, such as `/body/email`. */
  readonly path: string;
  readonly message: string;
}

interface ProblemBody {
  code: string;
  detail: string;
  requestId: string;
  errors?: FieldError[];
}

/** Why a request was refused, in words for the person who asked (RFC 9457), or why it got no answer. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The server's code, which never changes its meaning; `offline` when no answer came. */
    readonly code: string,
    detail: string,
    readonly fields: readonly FieldError[] = [],
    /** What the server's log has this request under. */
    readonly requestId?: string,
    /** Seconds to wait, where the server said so. */
    readonly retryAfter?: number,
    /** What else the answer holds, such as the position of a fault in a filter. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }

  /** No answer came: the network or the server is away. */
  get offline(): boolean {
    return this.status === 0;
  }

  /** The sentence about one field of the body, if there is one. */
  of(field: string): string | undefined {
    return this.fields.find((one) => memberOf(one) === field)?.message;
  }
}

/** The member of the body that a refusal is about; undefined where it is about something else. */
export function memberOf({ path }: FieldError): string | undefined {
  const [, part, member] = path.split('/');
  return part === 'body' ? member : undefined;
}

const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

/** Makes a Problem of whatever a request ended with. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof HttpErrorResponse))
    return new Problem(-1, 'unexpected', error instanceof Error ? error.message : String(error));
  // A proxy speaks for a server that is away; the server itself says why.
  if (error.status === 0 || (AWAY.has(error.status) && !isBody(parsed(error.error))))
    return new Problem(
      0,
      'offline',
      $localize`No answer came: you are offline, or the server is away. Nothing was lost.`,
    );
  const body = parsed(error.error);
  const wait = Number(error.headers.get('Retry-After'));
  const retryAfter = Number.isFinite(wait) && wait > 0 ? wait : undefined;
  if (isBody(body)) {
    const { code, detail, requestId, errors, ...more } = body;
    return new Problem(error.status, code, detail, (errors ?? []).map(asSentence), requestId, retryAfter, more);
  }
  return new Problem(
    error.status,
    'unexpected_answer',
    $localize`The server answered ${error.status}:status: without saying why. Try again in a moment.`,
    [],
    error.headers.get('X-Request-Id') ?? undefined,
    retryAfter,
  );
}

/** What the server says of a field goes on after its name: "must not be empty". Beside the field it is a sentence. */
function asSentence({ path, message }: FieldError): FieldError {
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return { path, message: /[.!?]$/.test(sentence) ? sentence : `${sentence}.` };
}

/** Requests that expect nothing, or a text, get their refusal as a text. */
function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // Not the server's words: a proxy in between says it in its own.
    return undefined;
  }
}

function isBody(value: unknown): value is ProblemBody & Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}
