import { Conflict, NotFound } from '#platform/errors/index.js';

/** The workspace made no role of that id. */
export class NoSuchRole extends NotFound {
  static override code = 'no_such_role';
  static override title = 'No such role';

  constructor() {
    super('This workspace has no such role.');
  }
}

/** Another role of the workspace has that name. */
export class RoleNameTaken extends Conflict {
  static override code = 'role_name_taken';
  static override title = 'The name is taken';

  constructor(name: string) {
    super(`A role of this workspace is named "${name}" already.`);
  }
}

/** Somebody has the role, or is offered it. */
export class RoleInUse extends Conflict {
  static override code = 'role_in_use';
  static override title = 'The role is in use';

  /** @param use how many members, memberships of projects and open invitations have it */
  constructor(use: { members: number; projects: number; invitations: number }) {
    super(
      `This role is in use (members: ${use.members}, memberships of projects: ${use.projects}, open invitations: ` +
        `${use.invitations}): give those people another role first.`,
      { members: use },
    );
  }
}

/** A workspace has only so many roles of its own. */
export class TooManyRoles extends Conflict {
  static override code = 'too_many_roles';
  static override title = 'Too many roles';

  constructor(most: number) {
    super(`A workspace can have ${most} roles of its own: change or remove one.`);
  }
}
