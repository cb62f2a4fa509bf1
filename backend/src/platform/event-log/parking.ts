import { query, type EntityManager } from '#platform/database/index.js';
import type { Cursor } from './cursors.js';
import { toLogEvent, type EventRow, type LogEvent } from './types.js';

/** So many events parked without one read in between stop a reader: the fault is then the reader's. */
const PARKS_THAT_STOP = 3;

/** The state of one event that a reader could not read, or that waits behind such a one of its subject. */
export type ParkedState = 'parked' | 'held' | 'discarded';

const subjectKey = (event: { subjectType: string; subjectId: string }) => `${event.subjectType}/${event.subjectId}`;

/** What a batch splits into: events to read, and events that wait behind a parked one of the same subject. */
export interface Sorted {
  fresh: LogEvent[];
  held: LogEvent[];
}

/** Sorts rows into what can be read and what must wait. Erased events are neither. */
export async function sort(em: EntityManager, reader: string, rows: EventRow[], blocked: boolean): Promise<Sorted> {
  const events = rows.filter((row) => row.data !== null).map(toLogEvent);
  if (!blocked || events.length === 0) return { fresh: events, held: [] };
  const waiting = await query<{ subject_type: string; subject_id: string }>(
    em,
    `select distinct subject_type, subject_id from parked_event where reader = $1 and state in ('parked', 'held')`,
    [reader],
  );
  const subjects = new Set(waiting.map((row) => `${row.subject_type}/${row.subject_id}`));
  return {
    fresh: events.filter((event) => !subjects.has(subjectKey(event))),
    held: events.filter((event) => subjects.has(subjectKey(event))),
  };
}

/** Keeps events for later, behind the parked one of their subject. */
export async function hold(em: EntityManager, reader: string, events: readonly LogEvent[]): Promise<void> {
  for (const event of events) await keep(em, reader, event, 'held', null);
}

/**
 * Parks the event that a reader failed on and moves the cursor past it.
 *
 * @returns true when this stopped the reader
 */
export async function park(
  em: EntityManager,
  reader: string,
  cursor: Cursor,
  event: LogEvent,
  error: string,
): Promise<boolean> {
  await keep(em, reader, event, 'parked', error);
  const stops = cursor.parksInRow + 1 >= PARKS_THAT_STOP;
  await query(
    em,
    `update reader_cursor set position = $2, part = null, parks_in_row = parks_in_row + 1, last_error = $3, updated_at = now(),
       state = case when $4 then 'stopped' else state end, stopped_at = case when $4 then now() else stopped_at end
     where reader = $1`,
    [reader, event.position, error, stops],
  );
  return stops;
}

async function keep(
  em: EntityManager,
  reader: string,
  event: LogEvent,
  state: ParkedState,
  error: string | null,
): Promise<void> {
  await query(
    em,
    `insert into parked_event
       (reader, position, event_id, workspace_id, type, subject_type, subject_id, event, state, error, attempts)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11)`,
    [
      reader,
      event.position,
      event.id,
      event.workspaceId,
      event.type,
      event.subjectType,
      event.subjectId,
      JSON.stringify(event),
      state,
      error,
      error === null ? 0 : 1,
    ],
  );
}

/** The event of a parked copy. */
export function reviveEvent(copy: unknown): LogEvent {
  const event = copy as LogEvent;
  return { ...event, occurredAt: new Date(event.occurredAt) };
}

/** What is kept of an error: its message, of bounded length. */
export function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // A null character cannot be stored, and a message may quote one.
  return text.replaceAll('\0', '').slice(0, 2000);
}
