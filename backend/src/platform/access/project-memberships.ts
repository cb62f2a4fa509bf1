import { Injectable } from '@nestjs/common';
import { affected, afterCommit, query, type EntityManager } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { Grants } from './grants.js';
import type { HeldRole } from './membership-api.js';
import { AlreadyMember, NotInWorkspace } from './membership.errors.js';
import type { MemberRole } from './permissions.js';

/** A role within a project: nobody owns one, the workspace does. */
export type ProjectRole = Exclude<MemberRole, 'owner'>;

/** One member's part in one project of the workspace. */
export interface ProjectMembership extends HeldRole {
  workspaceId: string;
  projectId: string;
  userId: string;
  createdAt: Date;
}

/** Which membership is meant. */
export type ProjectPlace = Pick<ProjectMembership, 'workspaceId' | 'projectId' | 'userId'>;

const COLUMNS =
  'workspace_id as "workspaceId", project_id as "projectId", user_id as "userId", role, role_id as "roleId", created_at as "createdAt"';
const PLACE = 'workspace_id = $1 and project_id = $2 and user_id = $3';

// The lock keeps whoever it is in the workspace until the project's row stands.
const MEMBER = 'select from membership where workspace_id = $1 and user_id = $2 for key share';
const SERVICE_ACCOUNT = 'select from service_account where workspace_id = $1 and id = $2 for key share';

/**
 * Memberships of single projects, changed inside the caller's transaction. Only members of the workspace have any, and its
 * service accounts, by their id as `userId`: they lose them with it. The room of projects checks that the project exists and that the caller may, and records the events.
 */
@Injectable()
export class ProjectMemberships {
  constructor(private readonly grants: Grants) {}

  /**
   * @param place `userId` names a member or a service account of the workspace
   * @param roleId of a role that the workspace made itself: then `role` is `custom`
   * @throws NotInWorkspace; AlreadyMember when they belong to the project already
   */
  async add(
    em: EntityManager,
    place: ProjectPlace,
    role: ProjectRole,
    roleId: string | null = null,
  ): Promise<ProjectMembership> {
    const { workspaceId, projectId, userId } = place;
    const who = [workspaceId, userId];
    const person = (await query(em, MEMBER, who)).length > 0;
    if (!person && (await query(em, SERVICE_ACCOUNT, who)).length === 0) throw new NotInWorkspace();
    const [row] = await query<ProjectMembership>(
      em,
      `insert into project_membership (workspace_id, project_id, user_id, service_account_id, role, role_id)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning ${COLUMNS}`,
      [workspaceId, projectId, userId, person ? null : userId, role, roleId],
    );
    if (!row) throw new AlreadyMember('This person belongs to the project already.');
    this.forget(em, userId);
    return row;
  }

  /** @returns the role before the change; @throws NotFound when the person is not in the project */
  async changeRole(
    em: EntityManager,
    place: ProjectPlace,
    role: ProjectRole,
    roleId: string | null = null,
  ): Promise<HeldRole> {
    const before = await this.lock(em, place);
    const { workspaceId, projectId, userId } = place;
    const text = `update project_membership set role = $4, role_id = $5 where ${PLACE}`;
    await affected(em, text, [workspaceId, projectId, userId, role, roleId]);
    this.forget(em, userId);
    return before;
  }

  /** @returns the role that the person had; @throws NotFound when they are not in the project */
  async remove(em: EntityManager, place: ProjectPlace): Promise<HeldRole> {
    const before = await this.lock(em, place);
    const { workspaceId, projectId, userId } = place;
    await affected(em, `delete from project_membership where ${PLACE}`, [workspaceId, projectId, userId]);
    this.forget(em, userId);
    return before;
  }

  /** The members of a project, the oldest first. */
  async list(em: EntityManager, workspaceId: string, projectId: string): Promise<ProjectMembership[]> {
    return query<ProjectMembership>(
      em,
      `select ${COLUMNS} from project_membership where workspace_id = $1 and project_id = $2 order by created_at, user_id`,
      [workspaceId, projectId],
    );
  }

  private async lock(em: EntityManager, { workspaceId, projectId, userId }: ProjectPlace): Promise<HeldRole> {
    const text = `select role, role_id as "roleId" from project_membership where ${PLACE} for update`;
    const [row] = await query<HeldRole>(em, text, [workspaceId, projectId, userId]);
    if (!row) throw new NotFound('This person is not a member of the project.');
    return row;
  }

  private forget(em: EntityManager, userId: string): void {
    afterCommit(em, { userId }, () => this.grants.invalidate(userId));
  }
}
