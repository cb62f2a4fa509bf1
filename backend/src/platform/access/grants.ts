import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Reads } from '#platform/database/index.js';
import type { Actor, Member } from './actor.js';
import { barred } from './grants.errors.js';
import { type MemberRole, narrowed, type Permission, permissionsIn } from './permissions.js';

/** How long a process may believe a grant, in milliseconds: a removed member is out everywhere after this. */
const TRUSTED_MS = 1000;

const GRANT = `
  select g.role, r.permissions, g.read_only as "readOnly"
  from access_grant g left join workspace_role r on r.id = g.role_id
  where g.principal_id = $1 and g.workspace_id = $2`;
const SCOPE_GRANT = `
  select g.role, r.permissions, g.read_only as "readOnly"
  from access_scope_grant g left join workspace_role r on r.id = g.role_id
  where g.principal_id = $1 and g.workspace_id = $2 and g.project_id = $3`;
const BARRED = 'select reason, detail from access_barred where principal_id = $1 and workspace_id = $2';

interface GrantRow {
  role: MemberRole;
  permissions: string[] | null;
  readOnly: boolean;
}

/** What a principal may do in a workspace, or in one project of it, before an API key's scopes narrow it. */
interface Held {
  role: MemberRole;
  permissions: ReadonlySet<Permission>;
  readOnly: boolean;
}

/** The grants of principals in workspaces: one prepared read, remembered for at most a second. */
@Injectable()
export class Grants {
  private readonly known = new LRUCache<string, Held>({ max: 20_000, ttl: TRUSTED_MS });

  constructor(private readonly reads: Reads) {}

  /**
   * The actor as a member of the workspace, or null when it has no grant there.
   *
   * @throws SecondFactorNeeded when it would have one, had the person a second factor; MemberSuspended, WorkspaceSuspended
   *   while it has none because of that
   */
  async memberOf(actor: Actor, workspaceId: string): Promise<Member | null> {
    if (actor.id === null) return null;
    const key = `${actor.id}/${workspaceId}`;
    let held = this.known.get(key);
    if (!held) {
      held = await this.load('access.grant', GRANT, [actor.id, workspaceId]);
      // That there is none is not remembered: whoever is let in shall not wait.
      if (!held) return this.refuse(actor, workspaceId);
      this.known.set(key, held);
    }
    return { ...actor, id: actor.id, workspaceId, ...held, permissions: narrowed(held.permissions, actor.scopes) };
  }

  /**
   * The member with the role that it has in one project of its workspace; null when it has no part in that. Roles of the
   * workspace do not reach into projects: owners and admins see one once somebody adds them to it.
   */
  async inProject(member: Member, projectId: string): Promise<Member | null> {
    const key = `${member.id}/${member.workspaceId}/${projectId}`;
    let held = this.known.get(key);
    if (!held) {
      held = await this.load('access.scope_grant', SCOPE_GRANT, [member.id, member.workspaceId, projectId]);
      if (!held) return null;
      this.known.set(key, held);
    }
    return { ...member, ...held, permissions: narrowed(held.permissions, member.scopes) };
  }

  /** Forgets what is known of a principal, or of everybody: called by whoever changes a grant, after the commit. */
  invalidate(principalId?: string): void {
    if (principalId === undefined) return this.known.clear();
    for (const key of this.known.keys()) if (key.startsWith(`${principalId}/`)) this.known.delete(key);
  }

  /** Why there is no grant, for those who would have one; that there is nothing for everybody else. */
  private async refuse(actor: Actor, workspaceId: string): Promise<null> {
    const values = [actor.id, workspaceId];
    const found = await this.reads.one<{ reason: string; detail: string | null }>('access.barred', BARRED, values);
    if (found) throw barred(found, actor.kind);
    return null;
  }

  private async load(name: string, text: string, values: readonly string[]): Promise<Held | undefined> {
    const row = await this.reads.one<GrantRow>(name, text, [...values]);
    if (!row) return undefined;
    const { role, readOnly } = row;
    return { role, readOnly, permissions: permissionsIn({ role, readOnly, made: row.permissions }) };
  }
}
