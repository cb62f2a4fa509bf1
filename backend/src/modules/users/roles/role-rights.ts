import {
  type HeldRole,
  type Member,
  MemberSuspended,
  type Permission,
  permissionsOf,
  requirePermission,
} from '#platform/access/index.js';
import { type EntityManager, query } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { BeyondOwnPermissions, OwnersOnly } from '../members/members.errors.js';
import { NoSuchRole } from './roles.errors.js';
import type { RoleChoice } from './roles.schemas.js';

const STILL = `
  select role, role_id as "roleId", suspended_at is not null as suspended
    from membership where workspace_id = $1 and user_id = $2 for key share`;

/** What a role of either kind may do now. */
export async function rightsOf(em: EntityManager, { role, roleId }: HeldRole): Promise<ReadonlySet<Permission>> {
  if (roleId === null) return permissionsOf(role, null);
  const text = 'select permissions from workspace_role where id = $1';
  const [made] = await query<{ permissions: string[] }>(em, text, [roleId]);
  return permissionsOf(role, made?.permissions ?? []);
}

/**
 * Nobody hands out, takes or changes what they do not hold themselves, and what touches an owner is for owners.
 *
 * @param roles what is given, and what the person has who gets it
 * @throws OwnersOnly, BeyondOwnPermissions
 */
export async function requireRightsOver(em: EntityManager, who: Member, ...roles: HeldRole[]): Promise<void> {
  if (roles.some(({ role }) => role === 'owner') && who.role !== 'owner') throw new OwnersOnly();
  for (const role of roles) requireHeld(who, await rightsOf(em, role));
}

/** @throws BeyondOwnPermissions when the member lacks one of them */
export function requireHeld(who: Member, wanted: Iterable<Permission>): void {
  const missing = [...wanted].filter((permission) => !who.permissions.has(permission));
  if (missing.length > 0) throw new BeyondOwnPermissions(missing);
}

/**
 * The role that somebody chose to give, locked so that it cannot be removed before the caller's transaction ends.
 *
 * @throws NoSuchRole
 */
export async function chosenRole(em: EntityManager, workspaceId: string, choice: RoleChoice): Promise<HeldRole> {
  const { role = 'member', roleId } = choice;
  if (roleId === undefined) return { role, roleId: null };
  const lock = 'select from workspace_role where workspace_id = $1 and id = $2 for key share';
  if ((await query(em, lock, [workspaceId, roleId])).length === 0) throw new NoSuchRole();
  return { role: 'custom', roleId };
}

/** A role as events name it. */
export function toldRole({ role, roleId }: HeldRole): { role: HeldRole['role']; roleId?: string } {
  return roleId === null ? { role } : { role, roleId };
}

/** What the events of suspending somebody, and of letting them in again, tell beside. */
export const SUSPENDED = { state: 'suspended', before: { state: 'active' } } as const;
export const RESUMED = { state: 'active', before: { state: 'suspended' } } as const;

/**
 * Asks again, under a lock that holds until the caller's transaction ends, whether a member may still do something: whoever
 * removes, suspends or demotes them waits, and then finds what they did.
 *
 * @param held what else they must hold now
 * @returns the member as they are now: what they were let in with may be a second old
 * @throws NotFound when they belong to the workspace no more; MemberSuspended, Forbidden, BeyondOwnPermissions
 */
export async function requireStill(
  em: EntityManager,
  who: Member,
  permission: Permission,
  held: Iterable<Permission> = [],
): Promise<Member> {
  const [row] = await query<HeldRole & { suspended: boolean }>(em, STILL, [who.workspaceId, who.userId]);
  if (!row) throw new NotFound('There is no such workspace, or you do not belong to it.');
  if (row.suspended) throw new MemberSuspended();
  const now = { ...who, role: row.role, permissions: await rightsOf(em, row) };
  requirePermission(now, permission);
  requireHeld(now, held);
  return now;
}
