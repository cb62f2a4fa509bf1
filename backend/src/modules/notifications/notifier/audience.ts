import { Injectable } from '@nestjs/common';
import { eventVisible, type MemberRole, type Permission, permissionsOf, scopeOf } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { EventSight } from '#platform/filters/index.js';
import type { NewNotification, ToldEvent } from '#platform/notifications/index.js';

interface Place {
  workspace_id: string;
  user_id: string;
  scope_kind: string;
  scope_id: string | null;
}

type Seat = Place & { role: MemberRole; made: string[] | null };

// One row for each person and scope, however many notifications they get.
const SEATS = `
  select s.*, g.role, r.permissions as made
    from jsonb_to_recordset($1::jsonb) as s(workspace_id uuid, user_id uuid, scope_kind text, scope_id uuid)
    join access_grant g on g.workspace_id = s.workspace_id and g.principal_id = s.user_id
    join user_account u on u.id = s.user_id and u.erase_at is null
    left join workspace_role r on r.id = g.role_id
   where ${eventVisible(scopeOf('s'), 's.user_id')}`;

/** Leaves out of notifications what the people they are for may not see at this moment. */
@Injectable()
export class Audience {
  constructor(private readonly sight: EventSight) {}

  /** The notifications with the events that their people may see; those of no such event are left out. */
  async seeing(em: EntityManager, notifications: readonly NewNotification[]): Promise<NewNotification[]> {
    const places = new Map<string, Place>();
    for (const to of notifications)
      for (const event of to.events) places.set(keyOf(placeOf(to, event)), placeOf(to, event));
    const seats = await query<Seat>(em, SEATS, [JSON.stringify([...places.values()])]);
    const permissions = new Map(seats.map((seat) => [keyOf(seat), permissionsOf(seat.role, seat.made)]));
    return notifications.map((to) => this.left(to, permissions)).filter(({ events }) => events.length > 0);
  }

  private left(to: NewNotification, held: ReadonlyMap<string, ReadonlySet<Permission>>): NewNotification {
    const events = to.events.filter((event) => {
      const permissions = held.get(keyOf(placeOf(to, event)));
      return permissions !== undefined && this.sight.sees({ permissions, userId: to.userId }, event);
    });
    return { ...to, events, total: Math.max(events.length, to.total - (to.events.length - events.length)) };
  }
}

function placeOf({ workspaceId, userId }: NewNotification, { scope }: ToldEvent): Place {
  const scopeId = scope.kind === 'workspace' ? null : scope.id;
  return { workspace_id: workspaceId, user_id: userId, scope_kind: scope.kind, scope_id: scopeId };
}

function keyOf({ workspace_id, user_id, scope_kind, scope_id }: Place): string {
  return `${workspace_id} ${user_id} ${scope_kind} ${scope_id ?? ''}`;
}
