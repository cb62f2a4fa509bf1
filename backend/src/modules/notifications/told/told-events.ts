import { Injectable } from '@nestjs/common';
import { eventVisible, type MemberRole, permissionsOf, scopeOf } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { LogTail, type LogEvent } from '#platform/event-log/index.js';
import { EventSight } from '#platform/filters/index.js';
import type { ToldEvent } from '#platform/notifications/index.js';

/** Somebody who reads what they were told: which person, and with which role in the workspace now. */
export interface Reader {
  readonly userId: string;
  readonly role: MemberRole;
  /** The permissions of a role that the workspace made itself. */
  readonly made: readonly string[] | null;
}

/** What is left of a notification's events for somebody. */
export interface Seen {
  /** Those that they may see now, oldest first. */
  readonly events: LogEvent[];
  /** True when some are in the log that are not for them any more. */
  readonly hidden: boolean;
}

const VISIBLE = `
  select e.position::float8 as position from event e where e.position = any($1::bigint[]) and ${eventVisible(scopeOf('e'), '$2')}`;

/** The events that notifications tell of, read again from the log when they are shown or sent: for people who may see them then. */
@Injectable()
export class ToldEvents {
  constructor(
    private readonly tail: LogTail,
    private readonly reads: Reads,
    private readonly sight: EventSight,
  ) {}

  /** What somebody may see of some events at this moment. */
  async seenBy(told: readonly Pick<ToldEvent, 'id' | 'position'>[], { userId, role, made }: Reader): Promise<Seen> {
    const positions = told.map(({ position }) => Number(position));
    const [events, visible] = await Promise.all([
      this.tail.at(positions),
      this.reads.all<{ position: number }>('notifications.visible', VISIBLE, [positions, userId]),
    ]);
    const ids = new Set(told.map(({ id }) => id));
    const open = new Set(visible.map(({ position }) => position));
    const seer = { userId, permissions: permissionsOf(role, made) };
    const present = events.filter(({ id }) => ids.has(id));
    const seen = present.filter((event) => open.has(event.position) && this.sight.sees(seer, event));
    return { events: seen, hidden: seen.length < present.length };
  }
}
