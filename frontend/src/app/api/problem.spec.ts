import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import { describe, expect, it } from '@jest/globals';
import { Problem, problemOf } from './problem';

const answer = (status: number, error: unknown, headers: Record<string, string> = {}) =>
  problemOf(new HttpErrorResponse({ status, error, headers: new HttpHeaders(headers) }));

describe('why a request was refused', () => {
  it('is what the server said, with what is wrong in each field', () => {
    const errors = [{ path: '/body/email', message: 'This is not an address.' }];
    const body = {
      code: 'validation_failed',
      detail: 'Some of it cannot be taken.',
      requestId: 'r1',
      errors,
      position: 4,
    };
    const problem = answer(400, body, { 'Retry-After': '7' });
    expect(problem).toMatchObject({
      status: 400,
      code: 'validation_failed',
      message: 'Some of it cannot be taken.',
      requestId: 'r1',
      retryAfter: 7,
      more: { position: 4 },
    });
    expect([problem.of('email'), problem.of('name'), problem.offline]).toEqual([
      'This is not an address.',
      undefined,
      false,
    ]);
  });

  it('is that nobody answered: no network, or a proxy that says so', () => {
    expect(answer(0, null).offline).toBe(true);
    for (const status of [502, 503, 504]) expect(answer(status, '<html>').offline).toBe(true);
    expect(answer(503, { code: 'unavailable', detail: 'Soon.', requestId: 'r' }).offline).toBe(false);
  });

  it('is said for an answer without words, and for what is no answer at all', () => {
    expect(answer(500, 'oops', { 'X-Request-Id': 'r2' })).toMatchObject({ code: 'unexpected_answer', requestId: 'r2' });
    expect(problemOf(new Error('broken'))).toMatchObject({ code: 'unexpected', message: 'broken' });
    const one = new Problem(409, 'conflict', 'No.');
    expect(problemOf(one)).toBe(one);
  });
});
