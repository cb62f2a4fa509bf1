import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { grantJoin, Grants, type Member, type Permission } from '#platform/access/index.js';
import { afterCommit, type EntityManager, isoTime, query, Reads, Transactions } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Cursor, expectVersion, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { InvitationEndings } from '../members/invitation-endings.js';
import { requireHeld, requireStill } from './role-rights.js';
import { NoSuchRole, RoleInUse, RoleNameTaken, type RoleUse, TooManyRoles } from './roles.errors.js';
import type { NewRole, RoleEdit, RoleShown } from './roles.schemas.js';
import { WorkspaceRole } from './workspace-role.entity.js';

/** Roles of its own that a workspace may have. */
const MOST = 100;

const LIST: SortedList = {
  name: 'roles',
  sorts: { name: { sql: 'lower(r.name)', type: 'text' }, createdAt: { sql: 'r.created_at', type: 'timestamptz' } },
  id: { sql: 'r.id', type: 'uuid' },
};
const SHOWN = `r.id, r.name, r.description, r.permissions, r.version,
  (select count(*)::int from membership m where m.workspace_id = r.workspace_id and m.role_id = r.id) as members,
  ${isoTime('r.created_at')} as "createdAt", ${isoTime('r.updated_at')} as "updatedAt"`;
const USE = `
  select (select count(*)::int from membership where workspace_id = $1 and role_id = $2) as members,
         (select count(*)::int from project_membership where workspace_id = $1 and role_id = $2) as projects,
         (select count(*)::int from service_account where workspace_id = $1 and role_id = $2) as "serviceAccounts",
         (select count(*)::int from invitation
           where role_id = $2 and accepted_at is null and revoked_at is null and expires_at > now()) as invitations`;
const OTHERS = `
  select count(*)::int as count, count(*) filter (where lower(name) = lower($2))::int as named
    from workspace_role where workspace_id = $1 and id is distinct from $3::uuid`;
const LOCK_WORKSPACE = 'select from workspace where id = $1 for no key update';

type Person = Member & { userId: string };

/** The roles that a workspace makes itself. Nobody makes or changes one that holds more than they do. */
@Injectable()
export class RolesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly endings: InvitationEndings,
    private readonly grants: Grants,
    private readonly cursor: Cursor,
  ) {}

  /** A page of them. */
  async list(who: Member, query: ListQuery): Promise<Page<RoleShown>> {
    const seek = this.cursor.seek(LIST, query, 3);
    const rows = await this.reads.adHoc<RoleShown & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from workspace_role r ${grantJoin('r.workspace_id', '$1')}
        where r.workspace_id = $2 and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [who.id, who.workspaceId, ...seek.values],
    );
    return this.cursor.page(LIST, query, rows);
  }

  /** @throws NoSuchRole */
  async one(who: Member, roleId: string): Promise<RoleShown> {
    const row = await this.reads.one<RoleShown>(
      'users.role',
      `select ${SHOWN} from workspace_role r ${grantJoin('r.workspace_id', '$1')} where r.workspace_id = $2 and r.id = $3`,
      [who.id, who.workspaceId, roleId],
    );
    if (!row) throw new NoSuchRole();
    return row;
  }

  /** @throws BeyondOwnPermissions, RoleNameTaken, TooManyRoles */
  async create(who: Person, wanted: NewRole): Promise<RoleShown> {
    const made = WorkspaceRole.make(who.workspaceId, wanted);
    requireHeld(who, made.permissions);
    await this.transactions.run(async (em) => {
      await requireStill(em, who, 'members:write', made.permissions);
      await this.requireFree(em, made);
      em.persist(made);
      this.events.record(em, 'role.created', { ...about(made, who), data: made.told() });
    });
    return this.one(who, made.id);
  }

  /**
   * Changes what everybody with this role may do, within a second.
   *
   * @throws NoSuchRole, BeyondOwnPermissions, RoleNameTaken, PreconditionFailed
   */
  async change(who: Person, roleId: string, wanted: RoleEdit, ifMatch?: string): Promise<RoleShown> {
    await this.transactions.run(async (em) => {
      const { role, now } = await this.lock(em, who, roleId);
      expectVersion(ifMatch, role.version);
      const before = role.told();
      if (!role.change(clean(wanted))) return;
      requireHeld(now, role.permissions);
      if (role.name !== before.name) await this.requireFree(em, role);
      await em.flush();
      this.events.record(em, 'role.updated', { ...about(role, who), data: { before, after: role.told() } });
      const holders = 'select user_id as "userId" from membership where workspace_id = $1 and role_id = $2';
      const found = await query<{ userId: string }>(em, holders, [who.workspaceId, roleId]);
      const inviters = found.map(({ userId }) => userId);
      await this.endings.review(em, who.workspaceId, inviters, who);
      afterCommit(em, this, () => this.grants.invalidate());
    });
    return this.one(who, roleId);
  }

  /** @throws NoSuchRole, BeyondOwnPermissions, RoleInUse, PreconditionFailed */
  async remove(who: Person, roleId: string, ifMatch?: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const { role } = await this.lock(em, who, roleId);
      expectVersion(ifMatch, role.version);
      const [use] = await query<RoleUse>(em, USE, [who.workspaceId, roleId]);
      if (use && Object.values(use).some((count) => count > 0)) throw new RoleInUse(use);
      em.remove(role);
      this.events.record(em, 'role.deleted', { ...about(role, who), data: role.told() });
    });
  }

  /** Locks a role against changes and against being given to somebody meanwhile. @returns it, and who asks as they are now */
  private async lock(em: EntityManager, who: Person, id: string): Promise<{ role: WorkspaceRole; now: Member }> {
    const now = await requireStill(em, who, 'members:write');
    const where = { id, workspaceId: who.workspaceId };
    const role = await em.findOne(WorkspaceRole, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!role) throw new NoSuchRole();
    requireHeld(now, role.permissions);
    return { role, now };
  }

  private async requireFree(em: EntityManager, { id, workspaceId, name }: WorkspaceRole): Promise<void> {
    await query(em, LOCK_WORKSPACE, [workspaceId]);
    const [others] = await query<{ count: number; named: number }>(em, OTHERS, [workspaceId, name, id]);
    if (others && others.named > 0) throw new RoleNameTaken(name);
    if (others && others.count >= MOST) throw new TooManyRoles(MOST);
  }
}

function about({ id: subjectId, workspaceId }: WorkspaceRole, actor: Member) {
  return { workspaceId, subjectId, actor };
}

function clean({ name, description, permissions }: RoleEdit) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(permissions === undefined ? {} : { permissions: permissions as Permission[] }),
  };
}
