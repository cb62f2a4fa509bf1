import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, MembershipApi, type MemberRole, permissionsOf } from '#platform/access/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { toldRole } from '../roles/role-rights.js';

// Expired ones too: inviting again would open the row anew with its old inviter gone.
const OPEN = `
  select i.id, i.role, i.role_id as "roleId", r.permissions,
         m.role as "inviterRole", mr.permissions as "inviterPermissions"
    from invitation i
    left join workspace_role r on r.id = i.role_id
    left join membership m on m.workspace_id = i.workspace_id and m.user_id = i.invited_by and m.suspended_at is null
    left join workspace_role mr on mr.id = m.role_id
   where i.workspace_id = $1 and i.invited_by = any($2::uuid[]) and i.accepted_at is null and i.revoked_at is null
   order by i.id for update of i`;
const END = `update invitation set revoked_at = now() where id = any($1::uuid[])`;

interface Open {
  id: string;
  role: MemberRole;
  roleId: string | null;
  permissions: string[] | null;
  inviterRole: MemberRole | null;
  inviterPermissions: string[] | null;
}

/** Ends open invitations whose inviter could not send them any more. */
@Injectable()
export class InvitationEndings implements OnModuleInit {
  constructor(
    private readonly memberships: MembershipApi,
    private readonly events: EventLog,
  ) {}

  onModuleInit(): void {
    this.memberships.watch((em, { workspaceId, userId, actor }) => this.review(em, workspaceId, [userId], actor));
  }

  /** Looks through what some people invited to, inside the transaction that changed what they may do. */
  async review(em: EntityManager, workspaceId: string, inviters: readonly string[], actor: Actor): Promise<void> {
    const ended = (await query<Open>(em, OPEN, [workspaceId, inviters])).filter((open) => !mayInvite(open));
    if (ended.length === 0) return;
    await query(em, END, [ended.map(({ id }) => id)]);
    for (const open of ended) {
      const data = { ...toldRole(open), because: 'inviter' } as const;
      this.events.record(em, 'invitation.revoked', { workspaceId, subjectId: open.id, actor, data });
    }
  }
}

/** Whether the inviter may still invite with this role: the rule by which it was sent. */
function mayInvite({ role, permissions, inviterRole, inviterPermissions }: Open): boolean {
  if (inviterRole === null) return false;
  const held = permissionsOf(inviterRole, inviterPermissions);
  if (!held.has('members:write') || (role === 'owner' && inviterRole !== 'owner')) return false;
  return [...permissionsOf(role, permissions)].every((permission) => held.has(permission));
}
