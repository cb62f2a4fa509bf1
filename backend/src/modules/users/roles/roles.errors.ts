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

/** How many have a role, or are offered it. */
export interface RoleUse {
  members: number;
  serviceAccounts: number;
  projects: number;
  invitations: number;
}

/** Somebody has the role, or is offered it. */
export class RoleInUse extends Conflict {
  static override code = 'role_in_use';
  static override title = 'The role is in use';

  constructor(use: RoleUse) {
    super(
      `This role is in use (members: ${use.members}, service accounts: ${use.serviceAccounts}, memberships of projects: ` +
        `${use.projects}, open invitations: ${use.invitations}): give them another role first.`,
      { members: { ...use } },
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
