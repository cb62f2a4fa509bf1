import { Injectable } from '@nestjs/common';
import { affected, afterCommit, query, type EntityManager } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { type Actor, systemActor } from './actor.js';
import { MemberSuspended } from './grants.errors.js';
import { Grants } from './grants.js';
import { AlreadyMember, CannotOwn, LastOwner, NotOwner } from './membership.errors.js';
import type { MembershipChange, MembershipWatcher } from './membership-watchers.js';
import type { MemberRole } from './permissions.js';

/** A role that somebody has: one that every workspace has, or with its id one that the workspace made itself. */
export interface HeldRole {
  role: MemberRole;
  /** Of a role that the workspace made itself, else null. */
  roleId: string | null;
}

/** One person's part in one workspace. */
export interface Membership extends HeldRole {
  workspaceId: string;
  userId: string;
  suspendedAt: Date | null;
  createdAt: Date;
}

const COLUMNS =
  'workspace_id as "workspaceId", user_id as "userId", role, role_id as "roleId", suspended_at as "suspendedAt", created_at as "createdAt"';

interface Locked extends HeldRole {
  userId: string;
  suspended: boolean;
}

/** Memberships, changed inside the caller's transaction. The caller records the events. */
@Injectable()
export class MembershipApi {
  private readonly watchers: MembershipWatcher[] = [];

  constructor(private readonly grants: Grants) {}

  /** Calls `watcher` for every membership that may do less from now on. */
  watch(watcher: MembershipWatcher): void {
    this.watchers.push(watcher);
  }

  /** @throws AlreadyMember when the person belongs to the workspace already */
  async add(
    em: EntityManager,
    membership: { workspaceId: string; userId: string; role: MemberRole; roleId?: string | null },
  ): Promise<Membership> {
    const { workspaceId, userId, role, roleId = null } = membership;
    const [row] = await query<Membership>(
      em,
      `insert into membership (workspace_id, user_id, role, role_id) values ($1, $2, $3, $4) on conflict do nothing returning ${COLUMNS}`,
      [workspaceId, userId, role, roleId],
    );
    if (!row) throw new AlreadyMember('This person belongs to the workspace already.');
    this.forget(em, userId);
    return row;
  }

  /**
   * @param roleId of a role that the workspace made itself: then `role` is `custom`
   * @returns the role before the change
   * @throws NotFound when the person is no member; LastOwner when the workspace would be left without an owner
   */
  async changeRole(
    em: EntityManager,
    workspaceId: string,
    userId: string,
    role: MemberRole,
    { roleId = null, actor = systemActor() }: { roleId?: string | null; actor?: Actor } = {},
  ): Promise<HeldRole> {
    const before = await this.lock(em, workspaceId, userId);
    if (role !== 'owner') before.refuseLastOwner();
    if (before.role !== role || before.roleId !== roleId) {
      await this.put(em, workspaceId, userId, role, roleId);
      await this.tell(em, { workspaceId, userId, what: 'role_changed', actor });
    }
    return { role: before.role, roleId: before.roleId };
  }

  /**
   * Locks the owners and some members, as a change of one of them does, so that what the caller asks about them before the
   * change still holds when it is made.
   */
  async hold(em: EntityManager, workspaceId: string, userIds: readonly string[]): Promise<void> {
    await this.lockOwnersAnd(em, workspaceId, userIds);
  }

  /**
   * Makes another member the owner in place of one, who becomes an admin.
   *
   * @returns the role that the new owner had
   * @throws NotFound when the other is no member; NotOwner when the first is no owner (any more); MemberSuspended; CannotOwn
   */
  async handOver(
    em: EntityManager,
    workspaceId: string,
    from: string,
    to: string,
    actor: Actor = systemActor(),
  ): Promise<HeldRole> {
    const rows = await this.lockOwnersAnd(em, workspaceId, [from, to]);
    const heir = rows.find(({ userId }) => userId === to);
    if (!heir) throw new NotFound('This person is not a member of the workspace.');
    const owner = rows.find(({ userId }) => userId === from);
    if (owner?.role !== 'owner') throw new NotOwner();
    if (owner.suspended) throw new MemberSuspended();
    if (heir.suspended)
      throw new CannotOwn('This member is suspended: let them in again before you hand the workspace over.');
    await this.put(em, workspaceId, from, 'admin', null);
    await this.put(em, workspaceId, to, 'owner', null);
    await this.tell(em, { workspaceId, userId: from, what: 'role_changed', actor });
    return { role: heir.role, roleId: heir.roleId };
  }

  /**
   * Keeps a member out, whose row and things stay, or lets them in again.
   *
   * @returns the role, and false in `changed` when it was so already
   * @throws NotFound when the person is no member; LastOwner when no owner would be left who is not suspended
   */
  async suspend(
    em: EntityManager,
    workspaceId: string,
    userId: string,
    suspended: boolean,
    actor: Actor = systemActor(),
  ): Promise<HeldRole & { changed: boolean }> {
    const before = await this.lock(em, workspaceId, userId);
    const { role, roleId } = before;
    if (before.suspended === suspended) return { role, roleId, changed: false };
    if (suspended) before.refuseLastOwner();
    await affected(
      em,
      'update membership set suspended_at = case when $3 then now() end where workspace_id = $1 and user_id = $2',
      [workspaceId, userId, suspended],
    );
    if (suspended) await this.tell(em, { workspaceId, userId, what: 'suspended', actor });
    this.forget(em, userId);
    return { role, roleId, changed: true };
  }

  /**
   * @returns the role that the person had
   * @throws NotFound when the person is no member; LastOwner when the workspace would be left without an owner
   */
  async remove(
    em: EntityManager,
    workspaceId: string,
    userId: string,
    actor: Actor = systemActor(),
  ): Promise<HeldRole> {
    const before = await this.lock(em, workspaceId, userId);
    before.refuseLastOwner();
    await affected(em, 'delete from membership where workspace_id = $1 and user_id = $2', [workspaceId, userId]);
    await this.tell(em, { workspaceId, userId, what: 'removed', actor });
    this.forget(em, userId);
    return { role: before.role, roleId: before.roleId };
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

  private async put(em: EntityManager, workspaceId: string, userId: string, role: MemberRole, roleId: string | null) {
    const text = 'update membership set role = $3, role_id = $4 where workspace_id = $1 and user_id = $2';
    await affected(em, text, [workspaceId, userId, role, roleId]);
    this.forget(em, userId);
  }

  private async lock(em: EntityManager, workspaceId: string, userId: string) {
    const rows = await this.lockOwnersAnd(em, workspaceId, [userId]);
    const own = rows.find((row) => row.userId === userId);
    if (!own) throw new NotFound('This person is not a member of the workspace.');
    const others = rows.some((row) => row.userId !== userId && row.role === 'owner' && !row.suspended);
    const refuseLastOwner = () => {
      if (own.role === 'owner' && !others) throw new LastOwner();
    };
    return { ...own, refuseLastOwner };
  }

  /** Locks the owners in one order, so that two owners who leave at once cannot both find the other one staying. */
  private lockOwnersAnd(em: EntityManager, workspaceId: string, userIds: readonly string[]): Promise<Locked[]> {
    return query<Locked>(
      em,
      `select user_id as "userId", role, role_id as "roleId", suspended_at is not null as suspended from membership
        where workspace_id = $1 and (role = 'owner' or user_id = any($2::uuid[])) order by user_id for update`,
      [workspaceId, userIds],
    );
  }

  private async tell(em: EntityManager, change: MembershipChange): Promise<void> {
    for (const watcher of this.watchers) await watcher(em, change);
  }

  private forget(em: EntityManager, userId: string): void {
    afterCommit(em, { userId }, () => this.grants.invalidate(userId));
  }
}
