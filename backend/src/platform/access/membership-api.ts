import { Injectable } from '@nestjs/common';
import { affected, afterCommit, query, type EntityManager } from '#platform/database/index.js';
import { Conflict, NotFound } from '#platform/errors/index.js';
import { Grants } from './grants.js';
import type { Role } from './permissions.js';

/** One person's part in one workspace. */
export interface Membership {
  workspaceId: string;
  userId: string;
  role: Role;
  createdAt: Date;
}

/** The person already belongs to the workspace. */
export class AlreadyMember extends Conflict {
  static override code = 'already_member';
  static override title = 'Already a member';
}

/** A workspace keeps at least one owner. */
export class LastOwner extends Conflict {
  static override code = 'last_owner';
  static override title = 'The last owner stays';
}

const COLUMNS = 'workspace_id as "workspaceId", user_id as "userId", role, created_at as "createdAt"';

/** Memberships, changed inside the caller's transaction. The caller records the events. */
@Injectable()
export class MembershipApi {
  constructor(private readonly grants: Grants) {}

  /** @throws AlreadyMember when the person belongs to the workspace already */
  async add(em: EntityManager, membership: { workspaceId: string; userId: string; role: Role }): Promise<Membership> {
    const { workspaceId, userId, role } = membership;
    const [row] = await query<Membership>(
      em,
      `insert into membership (workspace_id, user_id, role) values ($1, $2, $3) on conflict do nothing returning ${COLUMNS}`,
      [workspaceId, userId, role],
    );
    if (!row) throw new AlreadyMember('This person belongs to the workspace already.');
    this.forget(em, userId);
    return row;
  }

  /**
   * @returns the role before the change
   * @throws NotFound when the person is no member; LastOwner when the workspace would be left without an owner
   */
  async changeRole(em: EntityManager, workspaceId: string, userId: string, role: Role): Promise<Role> {
    const before = await this.lock(em, workspaceId, userId, role);
    if (before !== role)
      await affected(em, 'update membership set role = $3 where workspace_id = $1 and user_id = $2', [
        workspaceId,
        userId,
        role,
      ]);
    this.forget(em, userId);
    return before;
  }

  /**
   * @returns the role that the person had
   * @throws NotFound when the person is no member; LastOwner when the workspace would be left without an owner
   */
  async remove(em: EntityManager, workspaceId: string, userId: string): Promise<Role> {
    const before = await this.lock(em, workspaceId, userId, null);
    await affected(em, 'delete from membership where workspace_id = $1 and user_id = $2', [workspaceId, userId]);
    this.forget(em, userId);
    return before;
  }

  /** The members of a workspace, the oldest first. */
  async list(em: EntityManager, workspaceId: string): Promise<Membership[]> {
    return query<Membership>(
      em,
      `select ${COLUMNS} from membership where workspace_id = $1 order by created_at, user_id`,
      [workspaceId],
    );
  }

  /** The workspaces of a person, the oldest membership first. */
  async workspacesOf(em: EntityManager, userId: string): Promise<Membership[]> {
    return query<Membership>(
      em,
      `select ${COLUMNS} from membership where user_id = $1 order by created_at, workspace_id`,
      [userId],
    );
  }

  /** Locks the owners in one order, so that two owners who leave at once cannot both find the other one staying. */
  private async lock(em: EntityManager, workspaceId: string, userId: string, role: Role | null): Promise<Role> {
    const rows = await query<{ user_id: string; role: Role }>(
      em,
      `select user_id, role from membership where workspace_id = $1 and (role = 'owner' or user_id = $2) order by user_id for update`,
      [workspaceId, userId],
    );
    const own = rows.find((row) => row.user_id === userId);
    if (!own) throw new NotFound('This person is not a member of the workspace.');
    const others = rows.some((row) => row.user_id !== userId && row.role === 'owner');
    if (own.role === 'owner' && role !== 'owner' && !others)
      throw new LastOwner('A workspace keeps at least one owner: make somebody else an owner first.');
    return own.role;
  }

  private forget(em: EntityManager, userId: string): void {
    afterCommit(em, { userId }, () => this.grants.invalidate(userId));
  }
}
