import { query, type EntityManager } from '#platform/database/index.js';
import { EVENT_COLUMNS, type EventRow } from './types.js';

/** How far a reader is within an event that it reads in parts. */
export interface PartRead {
  position: number;
  /** As the reader said. */
  next: string;
}

/** A reader's place in the log and whether it may go on. */
export interface Cursor {
  position: number;
  /** Of the event behind the position. */
  part: PartRead | null;
  state: 'running' | 'stopped';
  parksInRow: number;
}

/** Gives a reader its cursor unless it has one. It starts at the oldest event kept, or behind the newest. */
export async function registerCursor(em: EntityManager, reader: string, from: 'start' | 'head'): Promise<void> {
  // The lock keeps pruning away until the cursor stands.
  await query(em, 'select 1 from log_checkpoint for share');
  const place = from === 'head' ? 'select position from log_state' : 'select position from log_checkpoint';
  await query(
    em,
    `insert into reader_cursor (reader, position) values ($1, (${place})) on conflict (reader) do nothing`,
    [reader],
  );
}

/**
 * Locks a reader's cursor row until the transaction ends.
 *
 * @param wait false: when another process holds the row, gives up at once
 * @returns undefined when the row is held by another, or does not exist
 */
export async function lockCursor(em: EntityManager, reader: string, wait: boolean): Promise<Cursor | undefined> {
  const [row] = await query<{ position: string; part: PartRead | null; state: Cursor['state']; parks_in_row: number }>(
    em,
    `select position, part, state, parks_in_row from reader_cursor where reader = $1 for update ${wait ? '' : 'skip locked'}`,
    [reader],
  );
  return row && { position: Number(row.position), part: row.part, state: row.state, parksInRow: row.parks_in_row };
}

/** What a reader has before it. */
export interface Ahead {
  /** Where the look ends: the last position sealed, of the same snapshot as the rows, or an earlier one. */
  end: number;
  /** True when more is sealed behind the end. */
  more: boolean;
  /** True when jobs of these events may have to be held: they were in a backup that was restored. */
  restored: boolean;
  /** True when the reader has parked events, so that later ones may have to wait behind them. */
  blocked: boolean;
  rows: EventRow[];
}

/** Reads the head and the events after a position, of one snapshot. Never both restored events and later ones. */
export async function readAhead(
  em: EntityManager,
  reader: string,
  after: number,
  types: readonly string[] | undefined,
  limit: number,
): Promise<Ahead> {
  const rows = await query<EventRow & { head: string; held_to: string | null; blocked: boolean }>(
    em,
    `select s.position as head, (select held_to from log_restore where released_at is null) as held_to, e.*,
       exists (select 1 from parked_event p where p.reader = $1 and p.state in ('parked', 'held')) as blocked
     from log_state s
     left join lateral (
       select ${EVENT_COLUMNS.replaceAll('e.', 'x.')} from event x
       where x.position > $2 and ($3::text[] is null or x.type = any($3))
       order by x.position limit $4
     ) e on true
     order by e.position`,
    [reader, after, types ?? null, limit],
  );
  const first = rows[0];
  if (!first) throw new Error('The table log_state is empty: the database is not migrated, or was changed by hand.');
  const [head, heldTo] = [Number(first.head), Number(first.held_to ?? 0)];
  const restored = after < heldTo;
  const end = restored ? Math.min(head, heldTo) : head;
  const found = first.id === null ? [] : rows.filter((row) => Number(row.position) <= end);
  return { end, more: end < head, restored, blocked: first.blocked, rows: found };
}

/** Moves a locked cursor. `progressed` ends a row of parked events. */
export async function moveCursor(
  em: EntityManager,
  reader: string,
  position: number,
  part: PartRead | null,
  progressed: boolean,
): Promise<void> {
  await query(
    em,
    `update reader_cursor set position = $2, part = $4::jsonb, updated_at = now(),
       parks_in_row = case when $3 then 0 else parks_in_row end,
       last_error = case when $3 then null else last_error end
     where reader = $1`,
    [reader, position, progressed, part && JSON.stringify(part)],
  );
}
