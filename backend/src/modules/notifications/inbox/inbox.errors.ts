import { NotFound, ValidationFailed } from '#platform/errors/index.js';

/** The caller has no such notification, or may not see what it is about any more. */
export class NoSuchNotification extends NotFound {
  static override code = 'notification_not_found';
  constructor() {
    super('You have no such notification.');
  }
}

/** A notification cannot be put off into the past. */
export class SnoozeOver extends ValidationFailed {
  static override code = 'snooze_over';
  constructor(path: string) {
    super('A notification is put off until a time that is still to come.', {
      errors: [{ path, message: 'must be in the future' }],
    });
  }
}
