import { Injectable } from '@nestjs/common';
import { memberFields } from '#contract/filter/index.js';
import { type Member, MembershipApi } from '#platform/access/index.js';
import { type EntityManager, isoTime, Reads, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { chosenRole, requireRightsOver, requireStill, RESUMED, SUSPENDED, toldRole } from '../roles/role-rights.js';
import type { RoleChoice } from '../roles/roles.schemas.js';
import { SuspensionMails } from '../workspaces/suspension-mails.js';
import { Workspace } from '../workspaces/workspace.entity.js';
import { OwnMembership } from './members.errors.js';
import type { MemberShown } from './members.schemas.js';

const LIST: SortedList = {
  name: 'members',
  sorts: { joinedAt: { sql: 'm.created_at', type: 'timestamptz' }, name: { sql: 'u.name', type: 'text' } },
  id: { sql: 'u.id', type: 'uuid' },
};

const SHOWN = `u.id as "userId", u.name, u.email, m.role, m.role_id as "roleId", r.name as "roleName",
  ${isoTime('m.suspended_at')} as "suspendedAt", ${isoTime('m.created_at')} as "joinedAt"`;
const VISIBLE = `
  membership m
  join user_account u on u.id = m.user_id
  join access_grant g on g.workspace_id = m.workspace_id and g.principal_id = $1
  left join workspace_role r on r.id = m.role_id
  where m.workspace_id = $2`;

type Person = Member & { userId: string };

/** The people of a workspace. */
@Injectable()
export class MembersService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly memberships: MembershipApi,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
    private readonly mails: SuspensionMails,
  ) {}

  /** A page of the members. @throws FilterRefused */
  async list(who: Member, query: ListQuery): Promise<Page<MemberShown>> {
    const filter = filterCondition(query.filter, memberFields, await this.contexts.context(who), 3);
    const seek = this.cursor.seek(LIST, query, 3 + filter.params.length);
    const rows = await this.reads.adHoc<MemberShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from ${VISIBLE} and ${filter.text} and ${seek.condition}
        order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...filter.params, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /**
   * Gives a member another role.
   *
   * @throws NotFound, NoSuchRole, OwnersOnly, BeyondOwnPermissions, LastOwner
   */
  async changeRole(who: Person, userId: string, choice: RoleChoice): Promise<MemberShown> {
    await this.transactions.run(async (em) => {
      const { workspaceId } = who;
      const now = await this.still(em, who, userId);
      const after = await chosenRole(em, workspaceId, choice);
      const { role, roleId } = after;
      const before = await this.memberships.changeRole(em, workspaceId, userId, role, { roleId, actor: who });
      await requireRightsOver(em, now, before, after);
      if (before.role === role && before.roleId === roleId) return;
      const data = {
        ...{ before: before.role, after: role },
        ...(before.roleId === null ? {} : { beforeRoleId: before.roleId }),
        ...(roleId === null ? {} : { afterRoleId: roleId }),
      };
      this.events.record(em, 'member.role_changed', { workspaceId, subjectId: userId, actor: who, data });
    });
    return this.one(who, userId);
  }

  /**
   * Closes the workspace to a member, or opens it again; what is theirs stays.
   *
   * @throws NotFound, OwnersOnly, BeyondOwnPermissions, LastOwner, OwnMembership
   */
  async suspend(who: Person, userId: string, suspended: boolean): Promise<MemberShown> {
    if (userId === who.userId) throw new OwnMembership();
    await this.transactions.run(async (em) => {
      const { workspaceId } = who;
      const now = await this.still(em, who, userId);
      const held = await this.memberships.suspend(em, workspaceId, userId, suspended, who);
      await requireRightsOver(em, now, held);
      if (!held.changed) return;
      const about = { workspaceId, subjectId: userId, actor: who };
      const role = toldRole(held);
      if (suspended) this.events.record(em, 'member.suspended', { ...about, data: { ...role, ...SUSPENDED } });
      else this.events.record(em, 'member.resumed', { ...about, data: { ...role, ...RESUMED } });
      const workspace = await em.findOneOrFail(Workspace, workspaceId);
      if (suspended) await this.mails.memberSuspended(em, workspace, userId);
      else await this.mails.memberResumed(em, workspace, userId);
    });
    return this.one(who, userId);
  }

  /**
   * Takes a member out of the workspace; the keys they made there stop working.
   *
   * @throws NotFound, OwnersOnly, BeyondOwnPermissions, LastOwner
   */
  async remove(who: Person, userId: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const { workspaceId } = who;
      const now = await this.still(em, who, userId);
      const held = await this.memberships.remove(em, workspaceId, userId, who);
      await requireRightsOver(em, now, held);
      const data = toldRole(held);
      this.events.record(em, 'member.removed', { workspaceId, subjectId: userId, actor: who, data });
    });
  }

  /** Whoever was just demoted or suspended must not undo it with what they were a moment ago. */
  private async still(em: EntityManager, who: Person, userId: string): Promise<Member> {
    await this.memberships.hold(em, who.workspaceId, [who.userId, userId]);
    return requireStill(em, who, 'members:write');
  }

  private async one(who: Member, userId: string): Promise<MemberShown> {
    const row = await this.reads.one<MemberShown>(
      'users.member',
      `select ${SHOWN} from ${VISIBLE} and m.user_id = $3`,
      [who.id, who.workspaceId, userId],
    );
    if (!row) throw new NotFound('This person is not a member of the workspace.');
    return row;
  }
}
