import { Conflict, NotFound } from '#platform/errors/index.js';

/** There is no such inbox, or it is over. */
export class NoSuchInbox extends NotFound {
  static override code = 'webhook_inbox_not_found';
  constructor() {
    super('There is no such debugging inbox, or its time is over.');
  }
}

/** The workspace has as many as one may have. */
export class TooManyInboxes extends Conflict {
  static override code = 'too_many_webhook_inboxes';
  static override title = 'Too many debugging inboxes';
  constructor(limit: number) {
    super(`The workspace has ${limit} debugging inboxes, which is the most: close one first.`);
  }
}
