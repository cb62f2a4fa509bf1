// What specs of notifications start from: events in the log, and a `Notifier` that tells of them.
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import { Transactions } from '#platform/database/index.js';
import type { EventScope } from '#platform/event-log/index.js';
import { Notifier, type NewNotification, type ToldEvent } from '#platform/notifications/index.js';
import type { Room } from './subscriptions.js';

interface Place {
  id: string;
  position: number;
  type: 'deal.found';
  subject_type: string;
  subject_id: string;
  scope_kind: string;
  scope_id: string | null;
}

const TOLD = `select id, position::float8 as position, type, subject_type, subject_id, scope_kind, scope_id from event where id = $1`;

/** Records a deal that was found, and waits until it has its place in the log. */
export async function happened(
  room: Room,
  workspace: { id: string },
  data: Partial<EventData<'deal.found'>> = {},
  scope?: EventScope,
): Promise<ToldEvent> {
  const id = await room.found(workspace, data, scope ? { scope } : {});
  let row: Place | undefined;
  await room.until(async () => {
    [row] = await room.rows<Place>(TOLD, [id]);
    return row !== undefined;
  });
  const { position, type, subject_type: subjectType, subject_id: subjectId } = row!;
  return { id, position, type, subjectType, subjectId, scope: scope ?? { kind: 'workspace' } };
}

/** A notification of these events for somebody. */
export function notificationOf(
  to: { userId: string; workspaceId: string },
  events: readonly ToldEvent[],
  more: Partial<NewNotification> = {},
): NewNotification {
  const form = events.length > 1 ? 'burst' : 'single';
  const about = {
    id: uuidv7(),
    source: null,
    events,
    total: events.length,
    form,
    reason: null,
    channels: null,
  } as const;
  return { ...about, ...to, ...more };
}

/** Tells people in a transaction of its own. */
export async function tell(room: Room, notifications: readonly NewNotification[]): Promise<void> {
  const { app } = room.application;
  await app.get(Transactions).run((em) => app.get(Notifier).notify(em, notifications));
}
