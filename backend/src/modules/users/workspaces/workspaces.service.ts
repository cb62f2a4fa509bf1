import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import {
  type Actor,
  type Member,
  MembershipApi,
  narrowed,
  permissionsIn,
  rolePermissions,
} from '#platform/access/index.js';
import { type EntityManager, isoTime, Reads, Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { Cursor, expectVersion, type ListQuery, type Page, type SortedList } from '#platform/http/index.js';
import { Workspace } from './workspace.entity.js';
import type { NewWorkspace, WorkspaceChange, WorkspaceShown } from './workspaces.schemas.js';

const LIST: SortedList = {
  name: 'workspaces',
  sorts: { createdAt: { sql: 'w.created_at', type: 'timestamptz' }, name: { sql: 'w.name', type: 'text' } },
  id: { sql: 'w.id', type: 'uuid' },
};

const SHOWN = `w.id, w.name, g.role, w.second_factor_required as "secondFactorRequired",
  g.reason is not distinct from 'second_factor_needed' as "secondFactorNeeded", g.reason as "closedBecause", r.permissions as made,
  coalesce(w.suspension = 'read_only', false) as "readOnly", w.version, ${isoTime('w.created_at')} as "createdAt"`;
// A workspace that is closed to the person is listed with the reason, and nothing of it opens.
const GRANTED = `workspace w join (
    select workspace_id, role, role_id, null::text as reason from access_grant where principal_id = $1
    union all
    select workspace_id, role, null, reason from access_barred where principal_id = $1
  ) g on g.workspace_id = w.id
  left join workspace_role r on r.id = g.role_id`;

/** A workspace as it is read: `made` are the permissions of a role of its own. */
type Row = Omit<WorkspaceShown, 'permissions'> & { made: string[] | null };

/** Opens, shows and renames workspaces. */
@Injectable()
export class WorkspacesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly reads: Reads,
    private readonly events: EventLog,
    private readonly memberships: MembershipApi,
    private readonly cursor: Cursor,
  ) {}

  /** Opens a workspace whose owner is the caller. */
  async create(actor: Actor, { name }: NewWorkspace): Promise<WorkspaceShown> {
    return this.transactions.run(async (em) => shown(await this.open(em, actor, name), 'owner', rolePermissions.owner));
  }

  /** Opens a workspace for a person inside the caller's transaction. */
  async open(em: EntityManager, actor: Actor, name: string): Promise<Workspace> {
    const userId = actor.userId ?? '';
    const workspace = Workspace.open(name, userId);
    await em.persist(workspace).flush();
    await this.memberships.add(em, { workspaceId: workspace.id, userId, role: 'owner' });
    const about = { workspaceId: workspace.id, actor };
    this.events.record(em, 'workspace.created', { ...about, subjectId: workspace.id, data: { name } });
    this.events.record(em, 'member.added', { ...about, subjectId: userId, data: { role: 'owner' } });
    return workspace;
  }

  /** A page of the workspaces that the caller belongs to. */
  async mine(actor: Actor, query: ListQuery): Promise<Page<WorkspaceShown>> {
    const seek = this.cursor.seek(LIST, query, 2);
    const rows = await this.reads.adHoc<Row & { _key: string[] }>(
      `select ${SHOWN}, ${seek.key} from ${GRANTED} where ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`,
      [actor.id, ...seek.values],
    );
    const { items, nextCursor } = this.cursor.page(LIST, query, rows);
    return { items: items.map((row) => withPermissions(row, actor)), nextCursor };
  }

  /** @throws NotFound when the workspace is gone */
  async one(member: Member): Promise<WorkspaceShown> {
    const row = await this.reads.one<Row>('users.workspace', `select ${SHOWN} from ${GRANTED} where w.id = $2`, [
      member.id,
      member.workspaceId,
    ]);
    if (!row) throw new NotFound('There is no such workspace.');
    return withPermissions(row, member);
  }

  /** @throws PreconditionFailed when `ifMatch` names an older version */
  async change(member: Member, { name }: WorkspaceChange, ifMatch?: string): Promise<WorkspaceShown> {
    return this.transactions.run(async (em) => {
      const workspace = await em.findOne(Workspace, member.workspaceId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!workspace) throw new NotFound('There is no such workspace.');
      expectVersion(ifMatch, workspace.version);
      const before = workspace.name;
      if (name !== undefined && workspace.rename(name))
        this.events.record(em, 'workspace.updated', {
          workspaceId: workspace.id,
          subjectId: workspace.id,
          actor: member,
          data: { before: { name: before }, after: { name } },
        });
      return shown(workspace, member.role, member.permissions);
    });
  }
}

function withPermissions({ made, ...row }: Row, actor: Actor): WorkspaceShown {
  const { role, readOnly } = row;
  const permissions = row.closedBecause === null ? narrowed(permissionsIn({ role, made, readOnly }), actor.scopes) : [];
  return { ...row, permissions: [...permissions] };
}

function shown(workspace: Workspace, role: WorkspaceShown['role'], permissions: Iterable<string>): WorkspaceShown {
  const { id, name, secondFactorRequired, version, createdAt } = workspace;
  const open = { secondFactorRequired, secondFactorNeeded: false, closedBecause: null };
  const readOnly = workspace.suspension === 'read_only';
  return {
    id,
    name,
    role,
    permissions: [...permissions],
    ...open,
    readOnly,
    version,
    createdAt: createdAt.toISOString(),
  };
}
