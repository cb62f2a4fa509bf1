import { Conflict, Forbidden, NotFound } from '#platform/errors/index.js';

/** The workspace has no such key, or it was revoked. */
export class NoSuchApiKey extends NotFound {
  static override code = 'no_such_api_key';
  static override title = 'No such API key';

  constructor() {
    super('There is no such API key.');
  }
}

/** A new secret of somebody's key would let the caller act as them. */
export class NotYourKey extends Forbidden {
  static override code = 'not_your_key';
  static override title = "Somebody else's key";

  constructor() {
    super('Only the person who made this API key can rotate it, since it acts for them. You can revoke it.');
  }
}

/** A key that has expired is not brought back by a new secret. */
export class KeyExpired extends Conflict {
  static override code = 'api_key_expired';
  static override title = 'The API key has expired';

  constructor() {
    super('This API key has expired, and a new secret would not bring it back: make a new key.');
  }
}
