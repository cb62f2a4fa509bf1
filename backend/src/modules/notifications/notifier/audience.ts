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

type Who = Pick<NewNotification, 'workspaceId' | 'userId'>;
type About = Pick<ToldEvent, 'type' | 'scope'>;
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
    const held = await this.held(
      em,
      notifications.flatMap((to) => to.events.map((event) => placeOf(to, event))),
    );
    return notifications
      .map((to) => {
        const events = to.events.filter((event) => this.sees(to, event, held));
        return { ...to, events, total: Math.max(events.length, to.total - (to.events.length - events.length)) };
      })
      .filter(({ events }) => events.length > 0);
  }

  /** Those of some events that a person may see. */
  async seen<E extends About>(em: EntityManager, who: Who, events: readonly E[]): Promise<E[]> {
    const held = await this.held(
      em,
      events.map((event) => placeOf(who, event)),
    );
    return events.filter((event) => this.sees(who, event, held));
  }

  /** What people may do, by place; places where they are not at all are missing. */
  private async held(em: EntityManager, places: readonly Place[]): Promise<Map<string, ReadonlySet<Permission>>> {
    const asked = new Map(places.map((place) => [keyOf(place), place]));
    const seats = await query<Seat>(em, SEATS, [JSON.stringify([...asked.values()])]);
    return new Map(seats.map((seat) => [keyOf(seat), permissionsOf(seat.role, seat.made)]));
  }

  private sees(who: Who, event: About, held: ReadonlyMap<string, ReadonlySet<Permission>>): boolean {
    const permissions = held.get(keyOf(placeOf(who, event)));
    return permissions !== undefined && this.sight.sees({ permissions, userId: who.userId }, event);
  }
}

function placeOf({ workspaceId, userId }: Who, { scope }: About): Place {
  const scopeId = scope.kind === 'workspace' ? null : scope.id;
  return { workspace_id: workspaceId, user_id: userId, scope_kind: scope.kind, scope_id: scopeId };
}

function keyOf({ workspace_id, user_id, scope_kind, scope_id }: Place): string {
  return `${workspace_id} ${user_id} ${scope_kind} ${scope_id ?? ''}`;
}
