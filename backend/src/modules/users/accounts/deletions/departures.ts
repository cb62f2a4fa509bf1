import { Injectable } from '@nestjs/common';
import { MembershipApi, type MemberRole, systemActor } from '#platform/access/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { RESUMED, toldRole } from '../../roles/role-rights.js';
import { SuspensionMails } from '../../workspaces/suspension-mails.js';
import { Workspace } from '../../workspaces/workspace.entity.js';
import { membershipsOf } from './memberships-of.js';

const CLOSE_INVITATIONS = `
  update invitation set revoked_at = now() where workspace_id = $1 and accepted_at is null and revoked_at is null`;

// Who takes over: the mightiest, and of those the one who has belonged to it longest.
const HEIR = `
  select m.user_id as "userId", m.role, m.suspended_at is not null as suspended
    from membership m join user_account u on u.id = m.user_id
   where m.workspace_id = $1 and m.user_id <> $2
   order by u.erase_at is not null, suspended, array_position(array['owner', 'admin', 'member', 'viewer'], m.role),
         m.created_at, m.user_id
   limit 1`;

interface Heir {
  userId: string;
  role: MemberRole;
  suspended: boolean;
}

/** Takes a person out of the workspaces that they share, inside the caller's transaction. */
@Injectable()
export class Departures {
  constructor(
    private readonly memberships: MembershipApi,
    private readonly events: EventLog,
    private readonly mails: SuspensionMails,
  ) {}

  /**
   * Leaves every workspace that others belong to. Where the person became the only owner since they deleted their account,
   * somebody takes over, so that no workspace is left without one. Invitations to the others are closed.
   *
   * @returns the workspaces that nobody else belongs to; nobody can come in any more
   */
  async leaveShared(em: EntityManager, userId: string): Promise<string[]> {
    const before = await membershipsOf(em, userId);
    const alone = before.filter(({ others }) => others === 0).map(({ id }) => id);
    // Waits for whoever is just accepting one: they count then.
    for (const id of alone) await query(em, CLOSE_INVITATIONS, [id]);
    const now = await membershipsOf(em, userId);
    for (const { id, others, onlyOwner } of now) if (others > 0) await this.leave(em, id, userId, onlyOwner);
    return now.filter(({ others }) => others === 0).map(({ id }) => id);
  }

  private async leave(em: EntityManager, workspaceId: string, userId: string, onlyOwner: boolean): Promise<void> {
    const about = { workspaceId, actor: systemActor() };
    const [heir] = onlyOwner ? await query<Heir>(em, HEIR, [workspaceId, userId]) : [];
    if (heir) await this.takeOver(em, workspaceId, heir);
    const held = await this.memberships.remove(em, workspaceId, userId);
    this.events.record(em, 'member.removed', { ...about, subjectId: userId, data: toldRole(held) });
  }

  /** Makes somebody the owner, and lets them in where everybody who is left was kept out. */
  private async takeOver(em: EntityManager, workspaceId: string, { userId, role, suspended }: Heir): Promise<void> {
    const about = { workspaceId, subjectId: userId, actor: systemActor() };
    if (suspended) {
      const resumed = await this.memberships.suspend(em, workspaceId, userId, false);
      this.events.record(em, 'member.resumed', { ...about, data: { ...toldRole(resumed), ...RESUMED } });
      await this.mails.memberResumed(em, await em.findOneOrFail(Workspace, workspaceId), userId, true);
    }
    if (role === 'owner') return;
    const { role: before } = await this.memberships.changeRole(em, workspaceId, userId, 'owner');
    this.events.record(em, 'member.role_changed', { ...about, data: { before, after: 'owner' } });
  }
}
