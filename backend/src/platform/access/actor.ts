import type { MemberRole, Permission } from './permissions.js';

/** Who acts: a signed-in person, an API key of theirs, a service account by one of its keys, or the system itself. */
export interface Actor {
  kind: 'user' | 'api_key' | 'service_account' | 'system';
  /** The user's or the key's id (also of a service account's key); null for the system. It is the `principal_id` of `access_grant`. */
  id: string | null;
  /** The person: the user itself, or the one the key belongs to; null for a service account, which belongs to nobody. */
  userId: string | null;
  /** The service account whose key it is. */
  serviceAccountId?: string;
  sessionId?: string;
  /** The client's address, as far as the trusted proxies tell it. */
  address?: string;
  requestId?: string;
  /** True for the instance's operators. */
  operator?: boolean;
  /** What an API key is limited to; absent means everything its role allows. */
  scopes?: readonly Permission[];
}

/** An actor inside the workspace that the request names, as the handler of a workspace route gets it. */
export interface Member extends Actor {
  id: string;
  workspaceId: string;
  role: MemberRole;
  permissions: ReadonlySet<Permission>;
  /** True while the workspace takes no changes, because an operator suspended it: then `permissions` hold reads only. */
  readOnly?: boolean;
}

/** The actor of what the instance does by itself. */
export function systemActor(requestId?: string): Actor {
  return { kind: 'system', id: null, userId: null, requestId };
}

/** True when the actor is a member of a workspace. */
export function isMember(actor: Actor | Member | null): actor is Member {
  return actor !== null && 'workspaceId' in actor;
}
