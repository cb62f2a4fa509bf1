import { Conflict, Forbidden } from '#platform/errors/index.js';

/** The person already belongs to the workspace. */
export class AlreadyMember extends Conflict {
  static override code = 'already_member';
  static override title = 'Already a member';
}

/** A workspace keeps at least one owner who is not suspended. */
export class LastOwner extends Conflict {
  static override code = 'last_owner';
  static override title = 'The last owner stays';

  constructor() {
    super('A workspace keeps at least one owner: make somebody else an owner first.');
  }
}

/** Only an owner hands the workspace over. */
export class NotOwner extends Forbidden {
  static override code = 'not_owner';
  static override title = 'Owners only';

  constructor() {
    super('Only an owner may hand the workspace over, and you are none any more.');
  }
}

/** This member cannot become the owner as things are; the sentence says why. */
export class CannotOwn extends Conflict {
  static override code = 'cannot_own';
  static override title = 'This member cannot become the owner';
}

/** Only members of the workspace can belong to its projects. */
export class NotInWorkspace extends Conflict {
  static override code = 'not_in_workspace';
  static override title = 'Not in the workspace';

  constructor() {
    super('Only members of the workspace can belong to its projects: invite this person first.');
  }
}
