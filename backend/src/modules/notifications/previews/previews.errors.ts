import { Conflict, NotFound } from '#platform/errors/index.js';

/** There is no event of that type that the caller could be told of. */
export class NoSuchKind extends NotFound {
  static override code = 'notification_kind_not_found';
  constructor(kind: string) {
    super(`There is no event called "${kind}" that you could be told of here.`);
  }
}

/** Mail does not go to the caller's address. */
export class AddressUnusable extends Conflict {
  static override code = 'address_unusable';
  static override title = 'Mail does not go to your address';
}
