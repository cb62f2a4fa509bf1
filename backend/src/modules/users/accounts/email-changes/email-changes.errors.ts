import { Conflict, TooManyRequests } from '#platform/errors/index.js';

/** The account has that address. */
export class SameAddress extends Conflict {
  static override code = 'same_address';
  static override title = 'That is your address';

  constructor() {
    super('This is the address of your account already.');
  }
}

/** Another account has the address. Only said to somebody who proved that they read it. */
export class AddressTaken extends Conflict {
  static override code = 'address_taken';
  static override title = 'The address has an account';

  constructor() {
    super('Another account has this address: sign in with that one, or delete it first.');
  }
}

/** So many changes were asked for lately that another one has to wait: each sends mails to two mailboxes. */
export class TooManyChanges extends TooManyRequests {
  static override code = 'too_many_changes';
  static override title = 'Too many changes';

  constructor() {
    super('You asked for several changes of your address within an hour: wait a while before the next.', {
      headers: { 'Retry-After': '3600' },
    });
  }
}
