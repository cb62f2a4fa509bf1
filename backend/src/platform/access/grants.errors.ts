import { Forbidden } from '#platform/errors/index.js';
import type { Actor, Member } from './actor.js';
import { type Permission, readsOnly } from './permissions.js';

/** The workspace asks its people for a second factor, which the person does not have. */
export class SecondFactorNeeded extends Forbidden {
  static override code = 'second_factor_needed';
  static override title = 'A second factor is needed';

  constructor(kind: Actor['kind'] = 'user') {
    super(
      kind === 'api_key'
        ? 'This workspace asks its people for a second factor, and the maker of this API key has none.'
        : 'This workspace asks its people for a second factor: set up an authenticator app or a passkey, and it opens at once.',
    );
  }
}

/** An owner or admin of the workspace keeps the person out for a while. */
export class MemberSuspended extends Forbidden {
  static override code = 'member_suspended';
  static override title = 'Your membership is suspended';

  constructor(kind: Actor['kind'] = 'user') {
    super(
      kind === 'service_account'
        ? 'This service account is suspended: ask one of the owners or admins of the workspace.'
        : kind === 'api_key'
          ? 'The maker of this API key is suspended in this workspace: ask one of its owners or admins.'
          : 'You are suspended in this workspace: ask one of its owners or admins. Nothing of yours was removed.',
    );
  }
}

/** An operator closed the workspace for a while. */
export class WorkspaceSuspended extends Forbidden {
  static override code = 'workspace_suspended';
  static override title = 'The workspace is suspended';

  /** @param reason what the operator told its people, if anything */
  constructor(reason: string | null = null) {
    super(
      'The operators of this instance suspended this workspace: ask them. Nothing in it was removed.' +
        (reason === null ? '' : ` Their reason: “${reason}”.`),
    );
  }
}

/** An operator lets nobody change anything in the workspace for a while. */
export class WorkspaceReadOnly extends Forbidden {
  static override code = 'workspace_read_only';
  static override title = 'The workspace is read-only';

  constructor() {
    super(
      'The operators of this instance let nobody change anything in this workspace for now; everything can be read.',
    );
  }
}

/** The key works, but not from where the request comes. The sentence tells nothing of the addresses that it may come from. */
export class AddressNotAllowed extends Forbidden {
  static override code = 'address_not_allowed';
  static override title = 'Not from this address';

  /**
   * @param actor whose key it is
   * @param workspaceId the workspace that the key belongs to, whatever the request asks for
   */
  constructor(
    readonly actor: Actor,
    readonly workspaceId: string,
  ) {
    super('This API key cannot be used from the address that the request comes from.');
  }
}

/** Why somebody who would have a grant has none: a reason of the relation `access_barred`. */
export function barred({ reason, detail }: { reason: string; detail: string | null }, kind: Actor['kind']): Forbidden {
  if (reason === 'workspace_suspended') return new WorkspaceSuspended(detail);
  if (reason === 'member_suspended') return new MemberSuspended(kind);
  return new SecondFactorNeeded(kind);
}

/** @throws WorkspaceReadOnly; Forbidden when the member does not hold the permission, naming it */
export function requirePermission(member: Member, permission: Permission): void {
  if (member.permissions.has(permission)) return;
  if (member.readOnly && !readsOnly(permission)) throw new WorkspaceReadOnly();
  throw new Forbidden(`This needs the permission "${permission}", which ${whose(member)} does not include.`);
}

function whose({ kind, role }: Member): string {
  if (kind !== 'user') return 'this API key';
  return role === 'custom' ? 'your role' : `the role ${role}`;
}
