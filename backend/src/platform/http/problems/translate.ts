import { HttpException } from '@nestjs/common';
import { transient, uniqueViolation } from '#platform/database/index.js';
import {
  Conflict,
  DomainError,
  Forbidden,
  NotFound,
  PayloadTooLarge,
  TooManyRequests,
  Unauthenticated,
  Unavailable,
  Unprocessable,
  UnsupportedMediaType,
  ValidationFailed,
} from '#platform/errors/index.js';
import { type Refusal, refusalOf } from './problem.js';

interface Fault {
  code?: unknown;
  statusCode?: unknown;
  message?: unknown;
  syscall?: unknown;
}

// SQLSTATE codes of values that PostgreSQL cannot hold: out of range, bad text, a null byte.
const UNSTORABLE = new Set(['22001', '22003', '22007', '22008', '22021', '22P02', '22P05']);
const FILE_CALLS = new Set(['open', 'stat', 'lstat', 'unlink', 'rename', 'mkdir', 'scandir', 'access', 'copyfile']);

const PARSER: Record<string, Refusal> = {
  FST_ERR_CTP_BODY_TOO_LARGE: refusalOf(PayloadTooLarge, 'The body is larger than this endpoint accepts.'),
  FST_REQ_FILE_TOO_LARGE: refusalOf(PayloadTooLarge, 'The file is larger than this instance accepts.'),
  FST_PARTS_LIMIT: refusalOf(PayloadTooLarge, 'The form has too many parts.'),
  FST_FILES_LIMIT: refusalOf(PayloadTooLarge, 'The form has too many files.'),
  FST_FIELDS_LIMIT: refusalOf(PayloadTooLarge, 'The form has too many fields.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: refusalOf(
    UnsupportedMediaType,
    'Send the body as application/json, or as multipart/form-data where files are uploaded.',
  ),
  FST_INVALID_MULTIPART_CONTENT_TYPE: refusalOf(UnsupportedMediaType, 'Send the body as multipart/form-data.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: refusalOf(ValidationFailed, 'The body is not as long as Content-Length says.'),
  FST_ERR_BAD_URL: refusalOf(
    ValidationFailed,
    'The address holds a "%" that is not followed by valid UTF-8 in two-digit codes.',
  ),
  FST_ERR_MAX_PARAM_LENGTH: {
    status: 414,
    code: 'uri_too_long',
    title: 'Address is too long',
    detail: 'A part of the address is longer than any id or name.',
  },
};

const BY_STATUS = new Map(
  [
    ValidationFailed,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    PayloadTooLarge,
    UnsupportedMediaType,
    Unprocessable,
    TooManyRequests,
    Unavailable,
  ].map((kind) => [kind.status, kind]),
);

/** What to answer for anything that was thrown. What is not known to be the caller's fault is ours and says nothing. */
export function translate(error: unknown): Refusal {
  if (error instanceof DomainError) {
    const { status, code, title, detail, extra } = error;
    return {
      status,
      code,
      title,
      detail,
      headers: extra.headers,
      errors: extra.errors,
      members: extra.members,
      ours: status >= 500 && status !== 503,
    };
  }
  if (error instanceof HttpException) return fromFramework(error);
  return fromParser(error) ?? fromDatabase(error) ?? internal();
}

function fromFramework(error: HttpException): Refusal {
  const inner = fromParser(error.cause);
  if (inner) return inner;
  const status = error.getStatus();
  if (status >= 500 && status !== 503) return internal();
  const kind = BY_STATUS.get(status);
  if (kind) return refusalOf(kind, sentence(error.message));
  return { status, code: `http_${status}`, title: 'Request refused', detail: sentence(error.message) };
}

/** Fastify and its plugins: errors that carry a code of theirs and a status. */
function fromParser(error: unknown): Refusal | undefined {
  const { code, statusCode, message } = (error ?? {}) as Fault;
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  const known = PARSER[code];
  if (known) return known;
  if (typeof statusCode !== 'number' || statusCode >= 500) return undefined;
  const kind = BY_STATUS.get(statusCode) ?? ValidationFailed;
  return { ...refusalOf(kind, sentence(String(message))), status: statusCode };
}

/** The words of a library, as a sentence. */
function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

function fromDatabase(error: unknown): Refusal | undefined {
  if (uniqueViolation(error) !== undefined)
    return {
      ...refusalOf(Conflict, 'Something with the same name or address exists already.'),
      code: 'already_exists',
    };
  if (transient(error) && !FILE_CALLS.has(String((error as Fault).syscall)))
    return {
      ...refusalOf(Unavailable, 'The database is away for the moment: try again in a few seconds.'),
      headers: { 'Retry-After': '5' },
    };
  if (UNSTORABLE.has(String((error as Fault | null)?.code)))
    return { ...refusalOf(ValidationFailed, 'A value is out of the range that can be stored.'), ours: true };
  return undefined;
}

function internal(): Refusal {
  return {
    status: 500,
    code: 'internal_error',
    title: 'Something went wrong',
    detail: 'Something went wrong on our side. The request id helps whoever runs this instance to find out what.',
    ours: true,
  };
}
