import { Conflict, NotFound, Unauthenticated } from '#platform/errors/index.js';

/** There is no such address for incoming webhooks. */
export class NoSuchIncomingWebhook extends NotFound {
  static override code = 'incoming_webhook_not_found';
  constructor() {
    super('There is no such incoming webhook.');
  }
}

/** What came is not signed by who may send here. */
export class IncomingRefused extends Unauthenticated {
  static override code = 'incoming_webhook_refused';
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** The workspace has as many as one may have. */
export class TooManyIncomingWebhooks extends Conflict {
  static override code = 'too_many_incoming_webhooks';
  static override title = 'Too many incoming webhooks';
  constructor(limit: number) {
    super(`The workspace has ${limit} incoming webhooks, which is the most: remove one first.`);
  }
}
