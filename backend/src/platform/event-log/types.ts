import type { EventData, EventType } from '#contract/events/index.js';
import type { Actor } from '#platform/access/index.js';

/** The reserved workspace of sign-ins and of the instance's own events. It has no row and no member. */
export const SYSTEM_WORKSPACE = '00000000-0000-7000-8000-000000000001';

/** Who may see an event: its whole workspace, one project of it, or one person. */
export type EventScope = { kind: 'workspace' } | { kind: 'user'; id: string } | { kind: 'project'; id: string };

/** What a writer tells about an event; the log adds id, version, position and hash. */
export interface RecordedEvent<T extends EventType> {
  workspaceId: string;
  /** The workspace when absent. */
  scope?: EventScope;
  /** The id of the thing that the type's catalogue entry calls its subject. */
  subjectId: string;
  actor: Actor;
  data: EventData<T>;
  /** When it happened; now when absent. */
  occurredAt?: Date;
}

/** One sealed event, as readers and the tail get it. `position` has no gaps and never repeats within an epoch. */
export type LogEvent<T extends EventType = EventType> = {
  [K in T]: {
    position: number;
    id: string;
    workspaceId: string;
    scope: EventScope;
    type: K;
    version: number;
    subjectType: string;
    subjectId: string;
    actor: Actor;
    data: EventData<K>;
    occurredAt: Date;
  };
}[T];

/** A row of `event` as `EVENT_COLUMNS` selects it. */
export interface EventRow {
  position: string | number;
  id: string;
  workspace_id: string;
  scope_kind: string;
  scope_id: string | null;
  type: string;
  version: number;
  subject_type: string;
  subject_id: string;
  actor: Omit<Actor, 'address'>;
  address: string | null;
  data: unknown;
  occurred_at: Date | string;
}

/** The columns of `event e` that make a `LogEvent`. */
export const EVENT_COLUMNS = `e.position, e.id, e.workspace_id, e.scope_kind, e.scope_id, e.type, e.version, e.subject_type,
  e.subject_id, e.actor, e.address, e.data, e.occurred_at`;

/** Turns a row into the event that readers get. The data was validated when it was recorded. */
export function toLogEvent(row: EventRow): LogEvent {
  const scope = row.scope_kind === 'workspace' ? { kind: 'workspace' } : { kind: row.scope_kind, id: row.scope_id };
  return {
    position: Number(row.position),
    id: row.id,
    workspaceId: row.workspace_id,
    scope,
    type: row.type,
    version: row.version,
    subjectType: row.subject_type,
    subjectId: row.subject_id,
    actor: row.address === null ? row.actor : { ...row.actor, address: row.address },
    data: row.data,
    occurredAt: new Date(row.occurred_at),
  } as LogEvent;
}
