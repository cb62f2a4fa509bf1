import { Conflict, Forbidden } from '#platform/errors/index.js';

/** The invitation was used, taken back, replaced, or is too old. */
export class InvitationClosed extends Conflict {
  static override code = 'invitation_closed';
  static override title = 'The invitation is not open';

  constructor() {
    super('This invitation was used, taken back or has expired: ask for a new one.');
  }
}

/** The invitation was made for another address. */
export class OtherAddress extends Forbidden {
  static override code = 'other_address';
  static override title = 'Invited under another address';

  constructor() {
    super('This invitation was sent to another address than the one of this account.');
  }
}

/** Only owners may make owners or change them. */
export class OwnersOnly extends Forbidden {
  static override code = 'owners_only';
  static override title = 'Owners only';

  constructor() {
    super('Only an owner may make somebody an owner, or change or remove one.');
  }
}

/** Somebody would hand out, take or change permissions that they do not hold themselves. */
export class BeyondOwnPermissions extends Forbidden {
  static override code = 'beyond_own_permissions';
  static override title = 'More than you may do yourself';

  /** @param permissions those that the caller lacks */
  constructor(permissions: readonly string[]) {
    super(`This concerns permissions that you do not hold yourself: ${permissions.join(', ')}.`, {
      members: { permissions: [...permissions] },
    });
  }
}

/** One does not suspend oneself. */
export class OwnMembership extends Conflict {
  static override code = 'own_membership';
  static override title = 'This is you';

  constructor() {
    super('You cannot suspend yourself: leave the workspace, or ask somebody else.');
  }
}
