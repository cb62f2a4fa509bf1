import { Conflict, Unavailable, ValidationFailed } from '#platform/errors/index.js';

/** The instance takes no payments. */
export class PaymentsOff extends Conflict {
  static override code = 'payments_off';
  static override title = 'No payments are taken';
  constructor() {
    super('This instance takes no payments: ask whoever runs it for another plan.');
  }
}

/** The workspace pays for a plan; another one is chosen where it is paid. */
export class AlreadyPaying extends Conflict {
  static override code = 'already_paying';
  static override title = 'Already paying';
  constructor() {
    super('This workspace pays for a plan: change it in the billing portal.');
  }
}

/** Two people opened a checkout for the workspace at the same moment: one of them has it. */
export class CheckoutUnderWay extends Conflict {
  static override code = 'checkout_under_way';
  static override title = 'Somebody else is paying';
  constructor() {
    super('Somebody opened a checkout for this workspace at the same moment: let them pay, or try again.');
  }
}

/** Nothing was ever paid for the workspace. */
export class NothingPaid extends Conflict {
  static override code = 'nothing_paid';
  static override title = 'Nothing paid yet';
  constructor() {
    super('Nothing was paid for this workspace yet: choose a plan first.');
  }
}

/** The payment provider cannot be asked just now, or refuses us. */
export class PaymentProviderAway extends Unavailable {
  static override code = 'payment_provider_away';
  static override title = 'Payments are not possible just now';
  constructor(cause: unknown) {
    super('The payment provider does not answer as it should: try again in a minute. Nothing was charged.', {
      headers: { 'Retry-After': '60' },
      cause,
    });
  }
}

/** What claims to come from the payment provider does not, or is too old. */
export class WebhookRefused extends ValidationFailed {
  static override code = 'webhook_refused';
  static override title = 'Webhook is not genuine';
  constructor(cause: unknown) {
    super('The signature is missing, wrong, or older than five minutes.', {
      errors: [{ path: '/headers/stripe-signature', message: 'does not fit the body' }],
      cause,
    });
  }
}
