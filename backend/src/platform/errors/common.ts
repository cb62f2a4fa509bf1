import { DomainError } from './domain-error.js';

/** The thing does not exist, or the caller may not know that it does. */
export class NotFound extends DomainError {
  static override code = 'not_found';
  static override status = 404;
  static override title = 'Not found';
}

/** The caller is known and lacks the permission. */
export class Forbidden extends DomainError {
  static override code = 'forbidden';
  static override status = 403;
  static override title = 'Not allowed';
}

/** The caller is not signed in, or the credentials are wrong, expired or revoked. */
export class Unauthenticated extends DomainError {
  static override code = 'unauthenticated';
  static override status = 401;
  static override title = 'Not signed in';
}

/** The thing's present state does not allow it. */
export class Conflict extends DomainError {
  static override code = 'conflict';
  static override status = 409;
  static override title = 'Conflict';
}

/** The request is malformed, or some of its fields are wrong. */
export class ValidationFailed extends DomainError {
  static override code = 'validation_failed';
  static override status = 400;
  static override title = 'Request is not valid';
}

/** Somebody else changed the thing since the caller read it. */
export class PreconditionFailed extends DomainError {
  static override code = 'precondition_failed';
  static override status = 412;
  static override title = 'Changed by somebody else';
}

/** The caller asks too often. */
export class TooManyRequests extends DomainError {
  static override code = 'too_many_requests';
  static override status = 429;
  static override title = 'Too many requests';
}

/** The request is larger than this endpoint accepts. */
export class PayloadTooLarge extends DomainError {
  static override code = 'payload_too_large';
  static override status = 413;
  static override title = 'Request is too large';
}

/** The body is of a kind, or coded in a way, that this endpoint does not read. */
export class UnsupportedMediaType extends DomainError {
  static override code = 'unsupported_media_type';
  static override status = 415;
  static override title = 'Unsupported media type';
}

/** The request is understood but cannot be carried out as it is, such as a repeated key with another body. */
export class Unprocessable extends DomainError {
  static override code = 'unprocessable';
  static override status = 422;
  static override title = 'Cannot be processed';
}

/** A part that is needed is away for the moment; the caller may try again. */
export class Unavailable extends DomainError {
  static override code = 'unavailable';
  static override status = 503;
  static override title = 'Temporarily unavailable';
}
