import { Conflict, NotFound } from '#platform/errors/index.js';

/** The workspace has no such delivery. */
export class NoSuchWebhookDelivery extends NotFound {
  static override code = 'webhook_delivery_not_found';
  constructor() {
    super('The workspace has no such webhook delivery.');
  }
}

/** The workspace has no such replay. */
export class NoSuchReplay extends NotFound {
  static override code = 'webhook_replay_not_found';
  constructor() {
    super('The workspace has no such replay.');
  }
}

/** What a restored backup still had to send waits for an operator. */
export class DeliveryHeld extends Conflict {
  static override code = 'webhook_delivery_held';
  static override title = 'Delivery is held';
  constructor() {
    super('The delivery waits, after a restore, for an operator of the instance to release it.');
  }
}

/** Nothing is sent to an endpoint that is off. */
export class EndpointOff extends Conflict {
  static override code = 'webhook_endpoint_off';
  static override title = 'Webhook endpoint is off';
  constructor(state: string) {
    super(
      state === 'removed'
        ? 'The webhook endpoint was removed: nothing can be sent to it.'
        : 'The webhook endpoint is switched off: switch it on first.',
    );
  }
}
