import { Conflict, Forbidden, Unavailable, ValidationFailed } from '#platform/errors/index.js';

/** Nobody owns the instance yet: the first person needs the code that the server printed. */
export class SetupRequired extends Forbidden {
  static override code = 'setup_required';
  static override title = 'The instance has no owner yet';

  constructor() {
    super('Nobody owns this instance yet: the first person signs up with the setup code that the server printed.');
  }
}

/** The instance takes invited people only. */
export class RegistrationClosed extends Forbidden {
  static override code = 'registration_closed';
  static override title = 'By invitation only';

  constructor() {
    super('People join this instance by invitation: ask an admin of your workspace for one.');
  }
}

/** There is an account with the address. Only said to somebody who proved that the address is theirs. */
export class EmailTaken extends Conflict {
  static override code = 'email_taken';
  static override title = 'There is an account already';

  constructor() {
    super('There is an account with this address already: sign in and accept the invitation there.');
  }
}

/** A mailed link was used, replaced, or is too old. */
export class LinkExpired extends ValidationFailed {
  static override code = 'link_expired';
  static override title = 'The link does not work any more';

  constructor() {
    super('This link was used or has expired: ask for a new one.');
  }
}

/** Too many passwords wait to be hashed or compared already. */
export class TooBusy extends Unavailable {
  static override code = 'too_busy';
  static override title = 'Too busy';

  constructor(cause?: unknown) {
    super('Too many sign-ins are under way: try again in a moment.', { headers: { 'Retry-After': '5' }, cause });
  }
}
