import { type DomainErrorClass, type FieldError, Unavailable } from '#platform/errors/index.js';

/** The media type of every refusal (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** A refusal as it is sent. `code` never changes its meaning; `detail` is a sentence for a person. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId: string;
  errors?: FieldError[];
  [member: string]: unknown;
}

/** A refusal before it knows its request, with the headers that go along. */
export interface Refusal {
  status: number;
  code: string;
  title: string;
  detail: string;
  headers?: Record<string, string>;
  errors?: FieldError[];
  members?: Record<string, unknown>;
  /** True when the fault is ours: it is logged with its stack. */
  ours?: boolean;
}

/** The document of a refusal. */
export function problemOf(refusal: Refusal, requestId: string): Problem {
  const { status, code, title, detail, errors, members } = refusal;
  return { ...members, type: problemType(code), title, status, code, detail, requestId, ...(errors ? { errors } : {}) };
}

/** The URI that identifies a kind of problem. */
export function problemType(code: string): string {
  return `urn:signalbox:problem:${code}`;
}

/** A refusal that says no more than what kind it is. */
export function refusalOf(kind: Pick<DomainErrorClass, 'status' | 'code' | 'title'>, detail: string): Refusal {
  return { status: kind.status, code: kind.code, title: kind.title, detail };
}

/** A request whose handler did not answer in time. */
export const HANDLER_TIMEOUT: Refusal = {
  ...refusalOf(Unavailable, 'This took too long and was given up.'),
  headers: { 'Retry-After': '10' },
  ours: true,
};

/** A request that did not arrive completely in time. */
export const REQUEST_TIMEOUT: Refusal = {
  status: 408,
  code: 'request_timeout',
  title: 'Request took too long to arrive',
  detail: 'The request did not arrive completely in time.',
};
