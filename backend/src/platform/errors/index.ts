export { DomainError } from './domain-error.js';
export type { DomainErrorClass, ErrorExtra, FieldError } from './domain-error.js';
export {
  Conflict,
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
} from './common.js';
