import { permissionsOf, type MemberRole, type Permission } from '#platform/access/index.js';

/** What a statement must select of an endpoint `p` to know its owner's rights; see `OWNER_JOIN`. */
export const OWNER_COLUMNS = `p.owner_scopes as "ownerScopes", own.role, own.made`;

/** Joins what the owner of an endpoint `p` may do in its workspace now: a member, or a service account with a key that works. */
export const OWNER_JOIN = `
  left join lateral (
    select g.role, r.permissions as made from access_grant g left join workspace_role r on r.id = g.role_id
     where g.workspace_id = p.workspace_id and g.user_id = p.owner_id limit 1) own on true`;

/** A row of those columns. */
export interface OwnerRow {
  readonly ownerScopes: string[] | null;
  readonly role: MemberRole | null;
  readonly made: string[] | null;
}

/** Whether the owner may see something now, within the scopes of the key that made the endpoint. */
export function ownerHolds({ ownerScopes, role, made }: OwnerRow, permission: Permission): boolean {
  if (role === null) return false;
  return permissionsOf(role, made).has(permission) && (ownerScopes?.includes(permission) ?? true);
}
