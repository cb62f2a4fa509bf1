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
  ValidationFailed,
} from '#platform/errors/index.js';
export type { DomainErrorClass, ErrorExtra, FieldError } from '#platform/errors/index.js';
export { Endpoint } from './endpoint.js';
export type { EndpointOptions, RateClass } from './endpoint.js';
export { etag, etagOf, expectVersion } from './etag.js';
export { IfMatch, Input, Who } from './input.js';
export { Cursor } from './lists/cursor.js';
export { seek } from './lists/keyset.js';
export type { Seek, SortColumn, SortedList } from './lists/keyset.js';
export { listQuery, page } from './lists/list-query.js';
export type { ListQuery, ListQueryOptions, Page } from './lists/list-query.js';
