import { Injectable } from '@nestjs/common';
import type { EventType } from '#contract/events/index.js';
import {
  eventVisible,
  isMember,
  type Actor,
  type Member,
  type MemberRole,
  permissionsOf,
} from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { EventSight } from '#platform/filters/index.js';
import type { Reader } from '../told/told-events.js';

/** Whose inbox it is: a person over all their workspaces, or a member in one. */
export type InboxOwner = (Actor | Member) & { readonly id: string; readonly userId: string };

/** What somebody may see of a person's inbox in one workspace. */
export interface Seat {
  readonly user_id: string;
  /** Who looks: the person, or one of their keys. */
  readonly principal: string;
  readonly workspace_id: string;
  /** Whether they see what is the person's alone, too. */
  readonly own: boolean;
  readonly types: readonly EventType[];
}

interface Grant {
  principal: string;
  workspaceId: string;
  role: MemberRole;
  made: string[] | null;
}

const GRANTS = `
  select g.principal_id as principal, g.workspace_id as "workspaceId", g.role, r.permissions as made
    from access_grant g left join workspace_role r on r.id = g.role_id
   where g.principal_id = any($1::uuid[]) and ($2::uuid is null or g.workspace_id = $2)`;

/**
 * What somebody may see now: what it is about belongs to them and they are there themselves, or they hold the permission that
 * its type needs. $1 is the person, $2 who looks, $3 what they may see in each of their workspaces. It is asked of row after
 * row (`coalesce` keeps it from becoming a join), so that a list walks its index and stops with the page.
 */
export const SEEN = `n.user_id = $1 and coalesce((
    select (n.scope_kind = 'user' and seat.own) or n.type = any(seat.types)
      from jsonb_to_recordset($3::jsonb) as seat(workspace_id uuid, own boolean, types text[])
     where seat.workspace_id = n.workspace_id), false)
  and coalesce(${eventVisible({ workspace: 'n.workspace_id', kind: 'n.scope_kind', id: 'n.scope_id' }, '$2')}, false)`;

/** Says which of their notifications somebody may see now. */
@Injectable()
export class InboxSight {
  constructor(
    private readonly reads: Reads,
    private readonly sight: EventSight,
  ) {}

  /** The first three parameters of a statement with `SEEN`. */
  async parameters(who: InboxOwner): Promise<[userId: string, principal: string, seats: string]> {
    return [who.userId, who.id, JSON.stringify(await this.seats(who))];
  }

  /** What somebody may see now, workspace by workspace. */
  async seats(who: InboxOwner): Promise<Seat[]> {
    return (await this.grants(who)).map(({ principal, workspaceId, role, made }) => ({
      user_id: who.userId,
      principal,
      workspace_id: workspaceId,
      own: who.kind === 'user',
      types: this.sight.types(isMember(who) ? who.permissions : permissionsOf(role, made)),
    }));
  }

  /** What some people may see of their own. */
  async seatsOf(userIds: readonly string[]): Promise<Seat[]> {
    const grants = await this.reads.all<Grant>('notifications.grants', GRANTS, [userIds, null]);
    return grants.map(({ principal, workspaceId, role, made }) => ({
      user_id: principal,
      principal,
      workspace_id: workspaceId,
      own: true,
      types: this.sight.types(permissionsOf(role, made)),
    }));
  }

  /** The person as the reader of one of their notifications; undefined when they are not in its workspace any more. */
  async reader(who: InboxOwner, workspaceId: string): Promise<Reader | undefined> {
    const found = (await this.grants(who)).find((grant) => grant.workspaceId === workspaceId);
    return found && { userId: who.userId, role: found.role, made: found.made };
  }

  private grants(who: InboxOwner): Promise<Grant[]> {
    const workspaceId = isMember(who) ? who.workspaceId : null;
    return this.reads.all<Grant>('notifications.grants', GRANTS, [[who.id], workspaceId]);
  }
}
