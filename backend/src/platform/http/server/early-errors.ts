import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, problemOf, type Refusal, REQUEST_TIMEOUT } from '../problems/problem.js';
import { translate } from '../problems/translate.js';
import { newRequestId } from './request-ids.js';

/** Answers what the router refuses before any hook runs: an address that cannot be decoded, a parameter too long. */
export function frameworkErrors(fixed: Record<string, string>) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = translate(error);
    void reply
      .code(refusal.status)
      .headers({ ...fixed, 'Content-Type': PROBLEM_TYPE, 'X-Request-Id': request.id })
      .send(JSON.stringify(problemOf(refusal, request.id)));
  };
}

/** Faults of the parser that are told apart. */
const SOCKET_FAULTS: Record<string, Refusal> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    title: 'Headers are too large',
    detail: 'The headers, the address included, are larger than 16 kB together.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: REQUEST_TIMEOUT,
};
const MALFORMED: Refusal = {
  status: 400,
  code: 'malformed_request',
  title: 'Not an HTTP request',
  detail: 'What arrived is not a well-formed HTTP/1.1 request.',
};

/** Answers what never became a request, on the bare socket. */
export function socketErrors(fixed: Record<string, string>) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (!socket.writable) {
      socket.destroy(error);
      return;
    }
    const refusal = SOCKET_FAULTS[error.code ?? ''] ?? MALFORMED;
    const id = newRequestId();
    const body = JSON.stringify(problemOf(refusal, id));
    const headers = {
      ...fixed,
      'Content-Type': PROBLEM_TYPE,
      'X-Request-Id': id,
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${refusal.status} ${refusal.title}\r\n${lines.join('')}\r\n${body}`);
  };
}
