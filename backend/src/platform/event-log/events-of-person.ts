import type { Reads } from '#platform/database/index.js';
import { EVENT_COLUMNS, type EventRow, type LogEvent, toLogEvent } from './types.js';

const PAGE = 500;

// Without order or limit, which would tempt the planner to walk the whole log: each line is a look into one index.
const POSITIONS = `
  select position from event where data is not null and (
    actor->>'userId' = $1::text
    or data->>'userId' = $1::text
    or (subject_id = $1::uuid and subject_type = 'user')
    or (scope_id = $1::uuid and scope_kind = 'user'))`;
const SOME = `
  select ${EVENT_COLUMNS} from event e where e.position = any($1::bigint[]) and e.data is not null order by e.position`;

/**
 * What the log tells of one person: what they did, what names them, and what only they may see, the oldest first. Events
 * that were erased are left out. The positions are held, eight bytes an event, the events a few hundred at a time.
 */
export async function* eventsOfPerson(reads: Reads, userId: string): AsyncGenerator<LogEvent> {
  const rows = await reads.all<{ position: string }>('event_log.of_person', POSITIONS, [userId]);
  const positions = Float64Array.from(rows, ({ position }) => Number(position)).sort();
  rows.length = 0;
  for (let at = 0; at < positions.length; at += PAGE) {
    const some = [...positions.subarray(at, at + PAGE)];
    for (const row of await reads.all<EventRow>('event_log.of_person.some', SOME, [some])) yield toLogEvent(row);
  }
}
