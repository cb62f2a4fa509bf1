import type { Reads } from '#platform/database/index.js';
import { BOUNDS, type Stretch, stretches } from './stretches.js';
import { EVENT_COLUMNS, type EventRow, type LogEvent, toLogEvent } from './types.js';

const PAGE = 500;

// Without order or limit, which would tempt the planner to walk the whole stretch: each line is a look into one index.
// Not prepared, for the same reason: a plan for any bounds takes the stretch to be short (90 ms each instead of 0.1).
const POSITIONS = `
  select position from event where position > $2 and position <= $3 and data is not null and (
    actor->>'userId' = $1::text
    or data->>'userId' = $1::text
    or (subject_id = $1::uuid and subject_type = 'user')
    or (scope_id = $1::uuid and scope_kind = 'user'))`;
const SOME = `
  select ${EVENT_COLUMNS} from event e where e.position = any($1::bigint[]) and e.data is not null order by e.position`;

/**
 * What the log tells of one person: what they did, what names them, and what only they may see, the oldest first. Events
 * that were erased are left out. The log is looked through stretch by stretch, so that what is held depends neither on its
 * length nor on how busy the person was.
 */
export async function* eventsOfPerson(reads: Reads, userId: string): AsyncGenerator<LogEvent> {
  const bounds = await reads.one<Stretch>('event_log.bounds', BOUNDS, []);
  if (!bounds) return;
  for (const { after, upTo } of stretches(bounds)) {
    const rows = await reads.adHoc<{ position: string }>(POSITIONS, [userId, after, upTo]);
    const positions = Float64Array.from(rows, ({ position }) => Number(position)).sort();
    for (let at = 0; at < positions.length; at += PAGE) {
      const some = [...positions.subarray(at, at + PAGE)];
      for (const row of await reads.all<EventRow>('event_log.of_person.some', SOME, [some])) yield toLogEvent(row);
    }
  }
}
