import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Reads } from '#platform/database/index.js';
import type { Actor, Member } from './actor.js';
import { SecondFactorNeeded } from './grants.errors.js';
import { effectivePermissions, isRole, type Role } from './permissions.js';

/** How long a process may believe a grant, in milliseconds: a removed member is out everywhere after this. */
const TRUSTED_MS = 1000;

/** The grants of principals in workspaces: one prepared read, remembered for at most a second. */
@Injectable()
export class Grants {
  private readonly known = new LRUCache<string, Role>({ max: 20_000, ttl: TRUSTED_MS });

  constructor(private readonly reads: Reads) {}

  /**
   * The actor as a member of the workspace, or null when it has no grant there.
   *
   * @throws SecondFactorNeeded when it would have one, had the person a second factor
   */
  async memberOf(actor: Actor, workspaceId: string): Promise<Member | null> {
    if (actor.id === null) return null;
    const key = `${actor.id}/${workspaceId}`;
    let role = this.known.get(key);
    if (!role) {
      role = await this.load(actor.id, workspaceId);
      // That there is none is not remembered: whoever is let in shall not wait.
      if (!role) return this.refuse(actor, workspaceId);
      this.known.set(key, role);
    }
    return { ...actor, id: actor.id, workspaceId, role, permissions: effectivePermissions(role, actor.scopes) };
  }

  /** Forgets what is known of a principal, or of everybody: called by whoever changes a grant, after the commit. */
  invalidate(principalId?: string): void {
    if (principalId === undefined) return this.known.clear();
    for (const key of this.known.keys()) if (key.startsWith(`${principalId}/`)) this.known.delete(key);
  }

  /** Why there is no grant, for those who would have one; that there is nothing for everybody else. */
  private async refuse(actor: Actor, workspaceId: string): Promise<null> {
    const barred = await this.reads.one<{ reason: string }>(
      'access.barred',
      'select reason from access_barred where principal_id = $1 and workspace_id = $2',
      [actor.id, workspaceId],
    );
    if (barred?.reason === 'second_factor_needed') throw new SecondFactorNeeded(actor.kind);
    return null;
  }

  private async load(principalId: string, workspaceId: string): Promise<Role | undefined> {
    const row = await this.reads.one<{ role: string }>(
      'access.grant',
      'select role from access_grant where principal_id = $1 and workspace_id = $2',
      [principalId, workspaceId],
    );
    return row && isRole(row.role) ? row.role : undefined;
  }
}
