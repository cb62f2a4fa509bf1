import { Forbidden, Unauthenticated } from '#platform/errors/index.js';

/** Address or password is wrong; which one is not said. */
export class InvalidCredentials extends Unauthenticated {
  static override code = 'invalid_credentials';
  static override title = 'Sign-in refused';

  constructor() {
    super('The address or the password is wrong.');
  }
}

/** The password is right, the address is not confirmed. */
export class EmailUnverified extends Forbidden {
  static override code = 'email_unverified';
  static override title = 'Confirm your address first';

  constructor() {
    super('Confirm your address with the link in the mail we sent; you can ask for another one.');
  }
}

/** The refresh token is unknown, used twice, or its session is over. */
export class SessionOver extends Unauthenticated {
  static override code = 'session_over';
  static override title = 'The session is over';

  constructor() {
    super('This session is over: sign in again.');
  }
}
