import { Injectable } from '@nestjs/common';
import {
  grantExists,
  type Member,
  type MemberRole,
  type Permission,
  permissions as catalogue,
  permissionsOf,
  readsOnly,
} from '#platform/access/index.js';
import { isoTime, Reads } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import type { MemberAccess } from './member-access.schemas.js';

const FOUND = `
  select u.id as "userId", u.name, m.role, m.role_id as "roleId", r.name as "roleName", r.permissions as made,
         ${isoTime('m.suspended_at')} as "suspendedAt", w.suspension, w.second_factor_required as required,
         exists (select from second_factor_held h where h.user_id = m.user_id) as held,
         exists (select from access_grant g where g.principal_id = m.user_id and g.workspace_id = m.workspace_id) as open
    from membership m
    join user_account u on u.id = m.user_id
    join workspace w on w.id = m.workspace_id
    left join workspace_role r on r.id = m.role_id
   where m.workspace_id = $2 and m.user_id = $3 and ${grantExists('m.workspace_id', '$1')}`;
const PROJECTS = `
  select p.project_id as "projectId", p.role, r.name as "roleName", r.permissions as made
    from project_membership p left join workspace_role r on r.id = p.role_id
   where p.workspace_id = $2 and p.user_id = $3 and ${grantExists('p.workspace_id', '$1')} order by p.created_at, p.project_id`;
const KEYS = `
  select k.id, k.name, k.hint, k.scopes, ${isoTime('k.expires_at')} as "expiresAt", k.expires_at <= now() as expired
    from api_key k
   where k.workspace_id = $2 and k.user_id = $3 and k.revoked_at is null and ${grantExists('k.workspace_id', '$1')}
   order by k.created_at, k.id`;

interface RoleRow {
  role: MemberRole;
  roleName: string | null;
  made: string[] | null;
}
interface Found extends RoleRow {
  userId: string;
  name: string;
  roleId: string | null;
  suspendedAt: string | null;
  suspension: 'read_only' | 'closed' | null;
  required: boolean;
  held: boolean;
  open: boolean;
}
interface KeyRow {
  id: string;
  name: string;
  hint: string;
  scopes: Permission[];
  expiresAt: string | null;
  expired: boolean | null;
}

/** Answers what a member can see and do, and why: the relations that let them in, put into sentences. */
@Injectable()
export class MemberAccessService {
  constructor(private readonly reads: Reads) {}

  /** @throws NotFound */
  async of(who: Member, userId: string): Promise<MemberAccess> {
    const values = [who.id, who.workspaceId, userId];
    const [found, projects, keys] = await Promise.all([
      this.reads.one<Found>('users.access.member', FOUND, values),
      this.reads.all<RoleRow & { projectId: string }>('users.access.projects', PROJECTS, values),
      this.reads.all<KeyRow>('users.access.keys', KEYS, values),
    ]);
    if (!found) throw new NotFound('This person is not a member of the workspace.');
    const { name, role, roleId, roleName, suspendedAt, held, required, open } = found;
    const may = allowed(found, found);
    const person = { userId, name, role, roleId, roleName, suspendedAt, open, because: doorOf(found) };
    return {
      ...person,
      permissions: may.map((one) => ({
        name: one,
        sentence: catalogue[one],
        because: `${capital(titleOf(found))} includes it.`,
      })),
      projects: projects.map((project) => ({
        projectId: project.projectId,
        role: project.role,
        roleName: project.roleName,
        permissions: allowed(found, project),
        because: open ? `Somebody added them to the project. There, ${titleOf(project)} holds.` : doorOf(found),
      })),
      keys: keys.map((key) => keyOf(key, may, found)),
      secondFactor: { held, required, because: factorOf(found) },
    };
  }
}

/** What a role allows in a workspace that may be closed to its holder, or read-only. */
function allowed({ open, suspension }: Found, { role, made }: RoleRow): Permission[] {
  if (!open) return [];
  const all = [...permissionsOf(role, made)];
  return suspension === 'read_only' ? all.filter(readsOnly) : all;
}

function titleOf({ role, roleName }: RoleRow): string {
  return role === 'custom' ? `the role "${roleName ?? ''}" of the workspace` : `the role ${role}`;
}

function doorOf({ open, suspension, suspendedAt }: Found): string {
  if (suspension === 'closed') return 'The operators of the instance closed the workspace.';
  if (suspendedAt !== null) return 'They are suspended.';
  if (!open) return 'The workspace asks for a second factor, which they do not have.';
  if (suspension === 'read_only')
    return 'They are a member; the operators of the instance made the workspace read-only.';
  return 'They are a member.';
}

function factorOf({ held, required }: Found): string {
  const asks = required ? 'The workspace asks for a second factor' : 'The workspace asks for no second factor';
  return `${asks}, and they have ${held ? 'one' : 'none'}.`;
}

function keyOf({ id, name, hint, scopes, expiresAt, expired }: KeyRow, may: readonly Permission[], found: Found) {
  const works = found.open && !expired;
  const permissions = works ? scopes.filter((scope) => may.includes(scope)) : [];
  const within = `Its scopes, as far as ${titleOf(found)} includes them.`;
  const because = expired ? 'It has expired.' : found.open ? within : doorOf(found);
  return { id, name, hint, expiresAt, permissions, because };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
