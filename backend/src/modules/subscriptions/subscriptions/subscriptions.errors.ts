import type { Member } from '#platform/access/index.js';
import { Conflict, Forbidden, NotFound, ValidationFailed } from '#platform/errors/index.js';
import type { FilterTarget } from '#platform/filters/index.js';

/** The caller has no such subscription. */
export class NoSuchSubscription extends NotFound {
  static override code = 'subscription_not_found';
  constructor() {
    super('You have no such subscription.');
  }
}

/** The caller may not see what a filter is about, and so neither ask it nor hear of it. */
export class TargetHidden extends Forbidden {
  static override code = 'target_hidden';
  static override title = 'Not for you to see';
  constructor({ title, permission }: FilterTarget, { kind }: Pick<Member, 'kind'>) {
    const whose = kind === 'user' ? 'your role' : 'this API key';
    super(`${title} are for those with the permission "${permission}", which ${whose} does not include.`);
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
