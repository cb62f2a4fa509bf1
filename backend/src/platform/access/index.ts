export { Unauthenticated } from '#platform/errors/index.js';
export { AccessModule } from './access.module.js';
export { isMember, systemActor } from './actor.js';
export type { Actor, Member } from './actor.js';
export { Authenticator } from './authenticator.js';
export type { Credentials } from './authenticator.js';
export { Grants } from './grants.js';
export {
  AddressNotAllowed,
  MemberSuspended,
  requirePermission,
  SecondFactorNeeded,
  WorkspaceReadOnly,
  WorkspaceSuspended,
} from './grants.errors.js';
export { MembershipApi } from './membership-api.js';
export type { HeldRole, Membership } from './membership-api.js';
export { AlreadyMember, CannotOwn, LastOwner, NotInWorkspace, NotOwner } from './membership.errors.js';
export type { MembershipChange, MembershipWatcher } from './membership-watchers.js';
export {
  effectivePermissions,
  isPermission,
  isRole,
  narrowed,
  permissions,
  permissionsIn,
  permissionsOf,
  readsOnly,
  rolePermissions,
  ROLES,
  workspacePermissions,
} from './permissions.js';
export type { MemberRole, Permission, Role, RoutePermission } from './permissions.js';
export { ProjectMemberships } from './project-memberships.js';
export type { ProjectMembership, ProjectPlace, ProjectRole } from './project-memberships.js';
export { StandingCredentials } from './standing-credentials.js';
export type { Standing, StandingCredential, StandingPlace } from './standing-credentials.js';
export { eventVisible, grantExists, grantJoin, scopeOf } from './visibility.js';
export type { ScopeColumns } from './visibility.js';
