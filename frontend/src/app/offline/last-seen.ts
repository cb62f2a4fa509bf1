import { HttpHeaders, type HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { inject, Injector } from '@angular/core';
import { catchError, from, of, switchMap, tap, throwError } from 'rxjs';
import { problemOf } from '../api/problem';
import { Session } from '../session';
import { Kept } from './kept';

/** What people read on the way: no settings, no secrets. */
const READ =
  /^\/api\/v1\/(?:me|workspaces\/[^/]+)\/(?:notifications|deals|deal-statistics|sources|messages|subscriptions|members)(?:\/[\w-]+)?$/;

interface KeptAnswer {
  readonly key: string;
  readonly at: number;
  readonly body: unknown;
  /** What a change of it has to name. */
  readonly etag: string | null;
}

/** Keeps what was read, and gives it again while no answer comes: to the same person, until they sign out. */
export const lastSeen: HttpInterceptorFn = (request, next) => {
  if (request.method !== 'GET' || request.responseType !== 'json' || !READ.test(request.url.split('?')[0] ?? ''))
    return next(request);
  const kept = inject(Kept);
  // Asked for late: the session itself asks by HTTP.
  const person = inject(Injector).get(Session).person()?.id;
  if (person === undefined) return next(request);
  const key = `${person} ${request.urlWithParams}`;
  return next(request).pipe(
    tap((event) => {
      if (event instanceof HttpResponse)
        // A browser that keeps nothing loses nothing but this.
        kept
          .put('answers', { key, at: Date.now(), body: event.body, etag: event.headers.get('ETag') } as KeptAnswer)
          .catch(problemOf);
    }),
    catchError((error: unknown) => {
      if (!problemOf(error).offline) return throwError(() => error);
      return from(kept.read<KeptAnswer>('answers', key).catch(() => undefined)).pipe(
        switchMap((found) => (found ? of(answerOf(found, key)) : throwError(() => error))),
      );
    }),
  );
};

function answerOf({ body, etag }: KeptAnswer, url: string): HttpResponse<unknown> {
  return new HttpResponse({ status: 200, body, url, headers: new HttpHeaders(etag === null ? {} : { ETag: etag }) });
}
