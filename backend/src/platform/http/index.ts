export {
  Conflict,
  DomainError,
  Forbidden,
  NotFound,
  PayloadTooLarge,
  PreconditionFailed,
  TooManyRequests,
  Unauthenticated,
  Unavailable,
  Unprocessable,
  UnsupportedMediaType,
  ValidationFailed,
} from '#platform/errors/index.js';
export type { DomainErrorClass, ErrorExtra, FieldError } from '#platform/errors/index.js';
export { CsrfTokenRefused, ForeignOrigin } from './cross-site/cross-site.errors.js';
export { OwnOrigins, refusesOtherSites } from './cross-site/own-origins.js';
export { Endpoint } from './endpoint.js';
export type { EndpointOptions, RateClass, RefusalPage } from './endpoint.js';
export { etag, etagOf, expectVersion } from './etag.js';
export { Abandoned, IfMatch, Input, Who } from './input.js';
export { forgetAnswers } from './idempotency/forget-answers.js';
export { Cursor } from './lists/cursor.js';
export { seek } from './lists/keyset.js';
export type { Seek, SortColumn, SortedList } from './lists/keyset.js';
export { listQuery, page } from './lists/list-query.js';
export type { ListQuery, ListQueryOptions, Page } from './lists/list-query.js';
export { BODY_LIMIT, HttpConfig } from './http.config.js';
export { HttpModule } from './http.module.js';
export { exampleOf } from './openapi/examples.js';
export { apiDocument } from './openapi/document.js';
export { parseForm, parseJson } from './validation/body-parsers.js';
export { fileBytes, formParts } from './validation/form-parts.js';
export { translate } from './problems/translate.js';
export { RefusalWatch } from './refusal-watch.js';
export type { GateRefusal } from './refusal-watch.js';
export { addressPrincipal, RateLimits, refuse } from './rate/rate-limits.js';
export type { RatePolicy, RateVerdict } from './rate/policy.js';
export type { RoutePlan } from './routes/route-plan.js';
export { BareRoute, RouteTable } from './routes/route-table.js';
export type { Route } from './routes/route-table.js';
export { clientAddress } from './server/client-address.js';
export { API_PREFIX, configureApp } from './server/configure-app.js';
export type { ConfigureOptions } from './server/configure-app.js';
export { createHttpApp } from './server/http-app.js';
export type { HttpAppOptions } from './server/http-app.js';
