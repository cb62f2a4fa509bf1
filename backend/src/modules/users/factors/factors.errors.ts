import { Conflict, Forbidden, Unauthenticated, ValidationFailed } from '#platform/errors/index.js';

/** The account has an authenticator app that counts. */
export class TotpActive extends Conflict {
  static override code = 'totp_active';
  static override title = 'An authenticator app is set up';

  constructor() {
    super('An authenticator app is set up already: turn it off before you set up another one.');
  }
}

/** There is no authenticator app to confirm or turn off. */
export class TotpMissing extends Conflict {
  static override code = 'totp_missing';
  static override title = 'No authenticator app';

  constructor(detail = 'There is no authenticator app: set one up first.') {
    super(detail);
  }
}

/** A first code is not the one that the new authenticator app shows. */
export class CodeRefused extends ValidationFailed {
  static override code = 'code_refused';
  static override title = 'The code is not right';

  constructor() {
    super(
      'This is not the code that the app shows now: check that the clock of your device is right, and try the next.',
      {
        errors: [{ path: '/body/code', message: 'is not the code that the app shows now' }],
      },
    );
  }
}

/** Recovery codes are for people who have a second factor. */
export class NoSecondFactor extends Conflict {
  static override code = 'no_second_factor';
  static override title = 'No second factor';

  constructor() {
    super('Recovery codes stand in for a second factor: set up an authenticator app or a passkey first.');
  }
}

/** The second step of a sign-in is not open any more. */
export class ChallengeOver extends Unauthenticated {
  static override code = 'challenge_over';
  static override title = 'Start again';

  constructor() {
    super('This sign-in took too long, was completed, or was tried too often: start again.');
  }
}

/** A second factor was not right. */
export class FactorRefused extends Unauthenticated {
  static override code = 'factor_refused';
  static override title = 'Sign-in refused';

  constructor() {
    super('This code or passkey is not accepted. A code works once: wait for the next one.');
  }
}

/** A signed-in person's code or passkey was not right. */
export class FactorUnproved extends Forbidden {
  static override code = 'factor_unproved';
  static override title = 'Not proved';

  constructor() {
    super('This code or passkey is not accepted. A code works once: wait for the next one.', {
      errors: [{ path: '/body/proof', message: 'is not accepted' }],
    });
  }
}

/** A passkey was not accepted for a sign-in; why is not said. */
export class PasskeyRefused extends Unauthenticated {
  static override code = 'passkey_refused';
  static override title = 'Sign-in refused';

  constructor() {
    super('This passkey is not accepted: start again, or sign in another way.');
  }
}

/** A new passkey could not be verified. */
export class PasskeyUnverified extends ValidationFailed {
  static override code = 'passkey_unverified';
  static override title = 'The passkey could not be added';

  constructor(cause?: unknown) {
    super('What the passkey answered does not fit the question, which works once and for five minutes: start again.', {
      cause,
    });
  }
}

/** The passkey is registered already. */
export class PasskeyKnown extends Conflict {
  static override code = 'passkey_known';
  static override title = 'The passkey is known';

  constructor() {
    super('This passkey is registered already.');
  }
}

/** There are as many passkeys as an account may have. */
export class PasskeyLimit extends Conflict {
  static override code = 'passkey_limit';
  static override title = 'Too many passkeys';

  constructor(limit: number) {
    super(`An account has at most ${limit} passkeys: remove one that you do not use.`);
  }
}

/** Browsers know passkeys only where the console is reached by a name, over https or as localhost. */
export class PasskeysUnavailable extends Conflict {
  static override code = 'passkeys_unavailable';
  static override title = 'Passkeys do not work here';

  constructor() {
    super('Passkeys need the console to be reached over https under a name (or as localhost), which it is not.');
  }
}

/** What is to be removed is the last way to sign in. */
export class LastSignInMethod extends Conflict {
  static override code = 'last_sign_in_method';
  static override title = 'The last way to sign in';

  constructor() {
    super('This is the last way to sign in to your account: set a password or add another way first.');
  }
}
