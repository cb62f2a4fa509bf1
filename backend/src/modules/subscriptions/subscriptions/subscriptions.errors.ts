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

/** The caller has as many subscriptions as one person may, or the workspace shares as many as it may. */
export class TooManySubscriptions extends Conflict {
  static override code = 'too_many_subscriptions';
  static override title = 'Too many subscriptions';
  constructor(limit: number, shared: boolean) {
    const whose = shared
      ? `This workspace shares ${limit} subscriptions`
      : `You have ${limit} subscriptions in this workspace`;
    super(`${whose}, which is the most: remove one first.`);
  }
}

/** What was chosen does not go together, or not with the target. */
export class ChoiceRefused extends ValidationFailed {
  static override code = 'subscription_choice_refused';
  static override title = 'These do not go together';
  constructor(field: string, message: string) {
    super(`${field} ${message}.`, { errors: [{ path: `/body/${field}`, message }] });
  }
}

/** Only shared subscriptions are joined and left. */
export class NotShared extends Conflict {
  static override code = 'subscription_not_shared';
  static override title = 'Not shared';
  constructor() {
    super('This subscription is yours alone: pause or remove it instead.');
  }
}
