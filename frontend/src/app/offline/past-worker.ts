import type { HttpInterceptorFn } from '@angular/common/http';

/** Requests to the API go past the service worker, which would turn a missing network into an answer of its own. */
export const pastWorker: HttpInterceptorFn = (request, next) =>
  next(request.url.startsWith('/api/') ? request.clone({ setHeaders: { 'ngsw-bypass': 'true' } }) : request);
