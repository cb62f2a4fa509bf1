import { Conflict, NotFound } from '#platform/errors/index.js';

/** The workspace has no service account of that id. */
export class NoSuchServiceAccount extends NotFound {
  static override code = 'no_such_service_account';
  static override title = 'No such service account';

  constructor() {
    super('This workspace has no such service account.');
  }
}

/** Another service account of the workspace has that name. */
export class ServiceAccountNameTaken extends Conflict {
  static override code = 'service_account_name_taken';
  static override title = 'The name is taken';

  constructor(name: string) {
    super(`A service account of this workspace is named "${name}" already.`);
  }
}

/** A workspace has only so many service accounts. */
export class TooManyServiceAccounts extends Conflict {
  static override code = 'too_many_service_accounts';
  static override title = 'Too many service accounts';

  constructor(most: number) {
    super(`A workspace can have ${most} service accounts: remove one that is not used any more.`);
  }
}
