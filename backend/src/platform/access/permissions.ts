/** Every permission, with the sentence that people read when they choose the scopes of a key. */
export const permissions = {
  'deals:read': 'See deals, their evidence, prices and statistics.',
  'deals:write': 'Change and remove deals, and parse messages again.',
  'sources:read': 'See where deals come from and whether each source works.',
  'sources:write': 'Add, change, pause, test and remove sources.',
  'messages:read': 'Read the messages that sources brought in.',
  'messages:write': 'Upload messages and remove them.',
  'subscriptions:read': 'See subscriptions and what they delivered.',
  'subscriptions:write': 'Create, change, pause and remove subscriptions.',
  'channels:read': 'See the channels that the workspace shares: chats and webhooks that notifications go to.',
  'channels:write': 'Share, change, test and remove channels of the workspace.',
  'members:read': 'See who belongs to the workspace.',
  'members:write': 'Invite people, change their roles and remove them.',
  'workspace:read': "See the workspace's name and settings.",
  'workspace:write': "Change the workspace's name and settings.",
  'billing:write': 'Choose a plan for the workspace and pay for it.',
  'api_keys:read': 'See which API keys exist.',
  'api_keys:write': 'Create, change, rotate and revoke API keys.',
  'service_accounts:read': 'See which service accounts exist, their roles, and when they were last used.',
  'service_accounts:write':
    'Create, change, suspend and remove service accounts; with "api_keys:write", make and rotate their API keys.',
  'webhooks:read': 'See webhooks: their addresses, what was sent to them and what they answered.',
  'webhooks:write': 'Create, change, test, replay and remove webhooks, and see their secrets once.',
  'audit:read': 'Read the audit trail of the workspace.',
  'instance:operate':
    'Run the instance: its mailbox preview, parked work and health. Operators only; no role grants it.',
} as const;

/** What a role may hold. */
export type Permission = keyof typeof permissions;

/** What a route may ask for: a permission, `public` (no sign-in), or `self` (any signed-in person, own things only). */
export type RoutePermission = Permission | 'public' | 'self';

/** The roles of a workspace, the mightiest first. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;

/** A role that every workspace has. */
export type Role = (typeof ROLES)[number];

/** A person's or key's part in a workspace: a role that every workspace has, or one that the workspace made itself. */
export type MemberRole = Role | 'custom';

const all = Object.keys(permissions) as Permission[];
/** Permissions that a role of a workspace may hold. */
export const workspacePermissions: readonly Permission[] = all.filter((p) => p !== 'instance:operate');
const workspace = workspacePermissions;
const admin = workspace;
const reads = workspace.filter((p) => p.endsWith(':read'));
// The history of webhooks shows events of every kind, and addresses that may hold keys: no member has it by default.
const viewer = reads.filter(
  (p) => !['audit:read', 'api_keys:read', 'service_accounts:read', 'webhooks:read'].includes(p),
);
const member: Permission[] = [
  ...viewer,
  'deals:write',
  'sources:write',
  'messages:write',
  'subscriptions:write',
  'api_keys:read',
  'service_accounts:read',
];

/**
 * What each role may do. An owner and an admin hold the same permissions; only an owner may make or unmake owners and
 * remove the workspace, which the rooms that do it check by role.
 */
export const rolePermissions: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(workspace),
  admin: new Set(admin),
  member: new Set(member),
  viewer: new Set(viewer),
};

/** True when the text names a permission. */
export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text);
}

/** True when the text names a role that every workspace has. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** What an actor may do in a workspace: what the role allows, narrowed to the scopes of an API key when it has some. */
export function effectivePermissions(role: Role, scopes?: readonly Permission[]): ReadonlySet<Permission> {
  return narrowed(rolePermissions[role], scopes);
}

/** What is left of permissions within the scopes of an API key; all of them when it has none. */
export function narrowed(held: ReadonlySet<Permission>, scopes?: readonly Permission[]): ReadonlySet<Permission> {
  return scopes ? new Set(scopes.filter((scope) => held.has(scope))) : held;
}

/** True for a permission that changes nothing. */
export function readsOnly(permission: Permission): boolean {
  return permission.endsWith(':read');
}

/** What a role of either kind may do. @param made the permissions of a role that the workspace made itself */
export function permissionsOf(role: MemberRole, made: readonly string[] | null): ReadonlySet<Permission> {
  if (role !== 'custom') return rolePermissions[role];
  // A permission that has left the catalogue since grants nothing, nor does one that no role may hold.
  return new Set(workspacePermissions.filter((permission) => made?.includes(permission)));
}

/**
 * What a role allows in a workspace. @param grant the role, the permissions that a made one lists, and whether the workspace
 * lets nobody change anything for now
 */
export function permissionsIn(grant: {
  role: MemberRole;
  made: readonly string[] | null;
  readOnly: boolean;
}): ReadonlySet<Permission> {
  const held = permissionsOf(grant.role, grant.made);
  return grant.readOnly ? new Set([...held].filter(readsOnly)) : held;
}
