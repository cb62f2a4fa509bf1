import { permissionsOf, type MemberRole, type Permission } from '#platform/access/index.js';

/** What a statement must select of an endpoint `p` to know its owner's rights; see `OWNER_JOIN` and `OwnerSight`. */
export const OWNER_COLUMNS = `p.target, p.types, p.owner_scopes as "ownerScopes", own.role, own.made,
  exists (select from workspace w where w.id = p.workspace_id and w.suspension = 'closed') as closed`;

/**
 * Joins what the owner of an endpoint `p` may do in its workspace now: a member, or a service account with a key that works; by
 * the key that made the endpoint, where one did.
 */
export const OWNER_JOIN = `
  left join lateral (
    select g.role, r.permissions as made from access_grant g left join workspace_role r on r.id = g.role_id
     where g.workspace_id = p.workspace_id and g.user_id = p.owner_id
       and (p.owner_key_id is null or g.principal_id = p.owner_key_id) limit 1) own on true`;

/** A row of those columns. */
export interface OwnerRow {
  readonly target: string;
  readonly types: string[] | null;
  readonly ownerScopes: string[] | null;
  readonly role: MemberRole | null;
  readonly made: string[] | null;
  /** The workspace is closed to everybody: what is missing then says nothing about the owner. */
  readonly closed: boolean;
}

/** Whether the owner may see something now, within the scopes of the key that made the endpoint. */
export function ownerHolds({ ownerScopes, role, made }: OwnerRow, permission: Permission): boolean {
  if (role === null) return false;
  return permissionsOf(role, made).has(permission) && (ownerScopes?.includes(permission) ?? true);
}
