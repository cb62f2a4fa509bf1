import { type HttpHandlerFn, HttpErrorResponse, type HttpInterceptorFn, type HttpRequest } from '@angular/common/http';
import { inject, Injector } from '@angular/core';
import { catchError, from, switchMap, throwError } from 'rxjs';
import { WITHOUT_TOKEN } from '../api/requests';
import { Session } from './session';

/** Puts the access token on requests to the API; one that is refused is renewed once. */
export const bearer: HttpInterceptorFn = (request, next) => {
  if (!request.url.startsWith('/api/') || request.context.get(WITHOUT_TOKEN)) return next(request);
  // Asked for late: the session itself asks by HTTP.
  const session = inject(Injector).get(Session);
  return from(session.accessToken()).pipe(
    switchMap((token) =>
      send(request, next, token).pipe(
        catchError((error: unknown) => {
          if (!(error instanceof HttpErrorResponse) || error.status !== 401) return throwError(() => error);
          return from(session.accessToken(true)).pipe(switchMap((fresh) => send(request, next, fresh)));
        }),
      ),
    ),
  );
};

const send = (request: HttpRequest<unknown>, next: HttpHandlerFn, token: string) =>
  next(request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }));
