import { Conflict, NotFound, ValidationFailed } from '#platform/errors/index.js';

/** The caller has no such subscription. */
export class NoSuchSubscription extends NotFound {
  static override code = 'subscription_not_found';
  constructor() {
    super('You have no such subscription.');
  }
}

/** There is nothing of that name to subscribe to. */
export class NoSuchTarget extends ValidationFailed {
  static override code = 'target_unknown';
  constructor(name: string, known: string[]) {
    const message = `must be one of ${known.join(', ')}`;
    super(`There is nothing called "${name}" to subscribe to.`, { errors: [{ path: '/body/target', message }] });
  }
}

/** The caller has as many subscriptions as one person may. */
export class TooManySubscriptions extends Conflict {
  static override code = 'too_many_subscriptions';
  static override title = 'Too many subscriptions';
  constructor(limit: number) {
    super(`You have ${limit} subscriptions in this workspace, which is the most: remove one first.`);
  }
}
