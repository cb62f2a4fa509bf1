// What is declared about who may do what, written down a second time and not taken from the code: whoever changes the
// permissions of a role, or what a route asks for, changes them here too, on purpose.
import type { Permission, Role, RoutePermission } from '#platform/access/index.js';

const everyone = ['owner', 'admin', 'member', 'viewer'] as const;
const writers = ['owner', 'admin', 'member'] as const;
const admins = ['owner', 'admin'] as const;

/** The roles that hold each permission. No role holds `instance:operate`. */
export const HELD_BY = {
  'deals:read': everyone,
  'deals:write': writers,
  'sources:read': everyone,
  'sources:write': writers,
  'messages:read': everyone,
  'messages:write': writers,
  'subscriptions:read': everyone,
  'subscriptions:write': writers,
  'channels:read': everyone,
  'channels:write': admins,
  'members:read': everyone,
  'members:write': admins,
  'workspace:read': everyone,
  'workspace:write': admins,
  'billing:write': admins,
  'api_keys:read': writers,
  'api_keys:write': admins,
  'service_accounts:read': writers,
  'service_accounts:write': admins,
  'webhooks:read': admins,
  'webhooks:write': admins,
  'audit:read': admins,
} as const satisfies Record<Exclude<Permission, 'instance:operate'>, readonly Role[]>;

/** A permission that a role of a workspace may hold. */
export type WorkspacePermission = keyof typeof HELD_BY;

/** All of them. */
export const WORKSPACE_PERMISSIONS = Object.keys(HELD_BY) as WorkspacePermission[];

/** True when the table says that the role holds the permission. */
export function holds(role: Role, permission: WorkspacePermission): boolean {
  return (HELD_BY[permission] as readonly Role[]).includes(role);
}

/** What a caller gets: through to what the entrance does (whatever that then says), or which refusal. */
export type Outcome = 'allowed' | 'unknown caller' | 'forbidden' | 'not found';

/** What of a caller decides. */
export interface Standing {
  /** What the request carries: a live session, a live key, one that may not be used from here, or nothing that counts. */
  readonly credential: 'session' | 'key' | 'misplaced key' | 'none';
  /** Its part in its own workspace; it has none in the other one. */
  readonly part: 'member' | 'suspended' | 'none';
  /** Whether it holds a permission in its own workspace. */
  readonly may: (permission: WorkspacePermission) => boolean;
  readonly operator?: boolean;
  /** True for a service account, which nothing belongs to. */
  readonly robot?: boolean;
}

/** What an entrance asks for: as a route does, or, as messages of sockets may, any credentials that work. */
export type EntrancePermission = RoutePermission | 'connected';

/** What of an entrance decides. */
export interface Row {
  readonly permission: EntrancePermission;
  /** Hands out access or acts for a person: no key may. */
  readonly peopleOnly: boolean;
  /** What a service account gets that holds the permission, where it is about what only people have. */
  readonly robots?: Outcome | undefined;
}

/** Which of the two workspaces a request is about. */
export type Place = 'own' | 'other';

/** The declared outcome, from the tables and the rules of docs/users.md. */
export function declaredOutcome(row: Row, caller: Standing, place: Place): Outcome {
  const { permission } = row;
  if (permission === 'public') return 'allowed';
  if (caller.credential === 'none') return 'unknown caller';
  if (caller.credential === 'misplaced key') return 'forbidden';
  if (permission === 'connected') return 'allowed';
  if (permission === 'self') return caller.credential === 'session' ? 'allowed' : 'forbidden';
  if (permission === 'instance:operate')
    return caller.operator && caller.credential === 'session' ? 'allowed' : 'forbidden';
  if (place === 'other' || caller.part === 'none') return 'not found';
  if (caller.part === 'suspended' || !caller.may(permission)) return 'forbidden';
  if (row.peopleOnly && caller.credential !== 'session') return 'forbidden';
  return (caller.robot && row.robots) || 'allowed';
}
