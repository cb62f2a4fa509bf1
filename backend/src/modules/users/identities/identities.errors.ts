import { Conflict, Forbidden, NotFound, Unavailable, ValidationFailed } from '#platform/errors/index.js';

/** The settings name no such issuer. */
export class UnknownProvider extends NotFound {
  static override code = 'unknown_provider';
  static override title = 'No such way to sign in';

  constructor() {
    super('This console has no such way to sign in.');
  }
}

/** The issuer does not answer, or answers what it must not. */
export class IssuerUnavailable extends Unavailable {
  static override code = 'issuer_unavailable';
  static override title = 'The issuer does not answer';

  /** @param why a sentence; absent when it answered nonsense */
  constructor(name: string, why?: string, cause?: unknown) {
    super(
      `${name} could not be asked: ${why ?? 'it did not answer as it should.'} Try again later, or sign in another way.`,
      {
        headers: { 'Retry-After': '30' },
        cause,
      },
    );
  }
}

/** What came back from the issuer does not belong to a journey that this browser began. */
export class JourneyOver extends ValidationFailed {
  static override code = 'journey_over';
  static override title = 'Start again';

  constructor() {
    super('This answer was used, is too old, or belongs to another browser: start again.');
  }
}

/** The issuer did not vouch for the person. */
export class IdentityRefused extends Forbidden {
  static override code = 'identity_refused';
  static override title = 'Refused by the issuer';

  constructor(name: string, denied: boolean, cause?: unknown) {
    super(
      denied
        ? `${name} did not sign you in: it was cancelled, or is not allowed there.`
        : `What ${name} answered does not hold: start again, and tell your administrator if it stays so.`,
      { cause },
    );
  }
}

/** The issuer does not say that the address is the person's. */
export class AddressUnverified extends Forbidden {
  static override code = 'address_unverified';
  static override title = 'Address not confirmed there';

  constructor(name: string) {
    super(
      `${name} does not say that your address is confirmed, so no account can be made of it: confirm it there, or sign up ` +
        'here and link it.',
    );
  }
}

/** There is an account with the address; only its owner may link the identity, after signing in. */
export class IdentityUnlinked extends Conflict {
  static override code = 'identity_not_linked';
  static override title = 'Not linked with your account';

  constructor(name: string) {
    super(`There is an account with your address already: sign in as usual, and link ${name} in its settings.`);
  }
}

/** The identity is linked with an account already. */
export class IdentityTaken extends Conflict {
  static override code = 'identity_taken';
  static override title = 'Linked already';

  constructor(name: string) {
    super(`This account at ${name} is linked with an account here already.`);
  }
}

/** There are as many identities as an account may have. */
export class IdentityLimit extends Conflict {
  static override code = 'identity_limit';
  static override title = 'Too many linked accounts';

  constructor(limit: number) {
    super(`An account has at most ${limit} linked ones: unlink one that you do not use.`);
  }
}
