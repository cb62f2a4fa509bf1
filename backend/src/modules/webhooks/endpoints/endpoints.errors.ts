import { Conflict, Forbidden, NotFound, ValidationFailed } from '#platform/errors/index.js';

/** The workspace has no such endpoint. */
export class NoSuchEndpoint extends NotFound {
  static override code = 'webhook_endpoint_not_found';
  constructor() {
    super('The workspace has no such webhook endpoint.');
  }
}

/** The caller may not see what an endpoint would be told of. */
export class EventsHidden extends Forbidden {
  static override code = 'events_hidden';
  static override title = 'Not for you to see';
  constructor(what: string, permission: string) {
    super(`${what} are for those with the permission "${permission}", which you do not have here.`);
  }
}

/** Nobody answers for the endpoint who may see anything of what it asks for. */
export class EndpointUnheard extends Conflict {
  static override code = 'webhook_endpoint_unheard';
  static override title = 'Owner may not hear';
  constructor() {
    super(
      'The owner of the webhook endpoint may not see any of its events any more: take it over first (POST …/ownership).',
    );
  }
}

/** The address may not be sent to. */
export class AddressNotUsable extends ValidationFailed {
  static override code = 'address_not_usable';
  static override title = 'Address cannot be used';
  constructor(message: string, path = '/body/url') {
    super(message, { errors: [{ path, message }] });
  }
}

/** There is nothing of that name to listen to. */
export class NothingToHear extends ValidationFailed {
  static override code = 'target_unknown';
  constructor(path: string, name: string, known: readonly string[]) {
    super(`There is nothing called "${name}" to listen to.`, {
      errors: [{ path, message: `must be one of ${known.join(', ')}` }],
    });
  }
}

/** A header that is ours, or the connection's, cannot be chosen. */
export class HeaderRefused extends ValidationFailed {
  static override code = 'header_refused';
  constructor(name: string, message: string) {
    super(`The header "${name}" cannot be sent: it ${message}.`, {
      errors: [{ path: `/body/headers/${name}`, message }],
    });
  }
}

/** The workspace has as many as one may have. */
export class TooManyEndpoints extends Conflict {
  static override code = 'too_many_webhook_endpoints';
  static override title = 'Too many webhook endpoints';
  constructor(limit: number) {
    super(`The workspace has ${limit} webhook endpoints, which is the most: remove one first.`);
  }
}
