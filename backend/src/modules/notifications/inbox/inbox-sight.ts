import { Injectable } from '@nestjs/common';
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

interface Grant {
  workspaceId: string;
  role: MemberRole;
  made: string[] | null;
}

const GRANTS = `
  select g.workspace_id as "workspaceId", g.role, r.permissions as made
    from access_grant g left join workspace_role r on r.id = g.role_id
   where g.principal_id = $1 and ($2::uuid is null or g.workspace_id = $2)`;

/** $1 is the person, $2 who looks, $3 what they may see in each of their workspaces. */
export const OWN = `notification n
  join jsonb_to_recordset($3::jsonb) as seat(workspace_id uuid, own boolean, types text[])
    on seat.workspace_id = n.workspace_id`;
/**
 * What somebody may see now: what it is about belongs to them and they are there themselves, or they hold the permission that
 * its type needs.
 */
export const SEEN = `n.user_id = $1 and ((n.scope_kind = 'user' and seat.own) or n.type = any(seat.types))
  and ${eventVisible({ workspace: 'n.workspace_id', kind: 'n.scope_kind', id: 'n.scope_id' }, '$2')}`;

/** Says which of their notifications somebody may see now. */
@Injectable()
export class InboxSight {
  constructor(
    private readonly reads: Reads,
    private readonly sight: EventSight,
  ) {}

  /** The first three parameters of a statement over `OWN` and `SEEN`. */
  async parameters(who: InboxOwner): Promise<[userId: string, principal: string, seats: string]> {
    const seats = (await this.grants(who)).map(({ workspaceId, role, made }) => ({
      workspace_id: workspaceId,
      own: who.kind === 'user',
      types: this.sight.types(isMember(who) ? who.permissions : permissionsOf(role, made)),
    }));
    return [who.userId, who.id, JSON.stringify(seats)];
  }

  /** The person as the reader of one of their notifications; undefined when they are not in its workspace any more. */
  async reader(who: InboxOwner, workspaceId: string): Promise<Reader | undefined> {
    const found = (await this.grants(who)).find((grant) => grant.workspaceId === workspaceId);
    return found && { userId: who.userId, role: found.role, made: found.made };
  }

  private grants(who: InboxOwner): Promise<Grant[]> {
    const workspaceId = isMember(who) ? who.workspaceId : null;
    return this.reads.all<Grant>('notifications.grants', GRANTS, [who.id, workspaceId]);
  }
}
