/** A wall-clock reading, no zone attached; `month` counts from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly millisecond?: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();
/** Offsets by minute: filters of one zone ask about the same few moments again and again. */
const offsets = new Map<string, Map<number, number>>();
const REMEMBERED = 256;
/** Since then every zone changes its offset on a whole minute (Liberia was the last not to, in January 1972). */
const WHOLE_MINUTES_SINCE = Date.UTC(1973, 0, 1);

function formatter(zone: string): Intl.DateTimeFormat {
  let format = formatters.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, format);
  }
  return format;
}

/**
 * How far a zone's wall clock is ahead of UTC at an instant, in milliseconds.
 *
 * @param zone IANA name; `Intl` knows a few hundred, which bounds the caches
 * @throws RangeError for an unknown zone or an invalid instant
 */
export function offsetAt(zone: string, instant: number): number {
  if (!(instant >= WHOLE_MINUTES_SINCE)) return readOffset(zone, instant);
  const minute = Math.floor(instant / MINUTE);
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, (known = new Map()));
  let offset = known.get(minute);
  if (offset === undefined) {
    offset = readOffset(zone, instant);
    if (known.size >= REMEMBERED) known.clear();
    known.set(minute, offset);
  }
  return offset;
}

function readOffset(zone: string, instant: number): number {
  const at = Math.floor(instant / 1000) * 1000;
  const read: Record<string, number> = {};
  for (const { type, value } of formatter(zone).formatToParts(at)) read[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0, second = 0 } = read;
  return Date.UTC(year, month - 1, day, hour, minutes, second) - at;
}

/** The wall clock of a zone at an instant. */
export function localTime(instant: number, zone: string): Required<LocalTime> {
  const wall = new Date(instant + offsetAt(zone, instant));
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
    millisecond: wall.getUTCMilliseconds(),
  };
}

/** Milliseconds of a wall-clock reading as if it were UTC; fields out of range carry over. */
export function wallClock(time: LocalTime): number {
  const { year, month, day, hour = 0, minute = 0, second = 0, millisecond = 0 } = time;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}

/**
 * The instant at which a zone's wall clock shows a time. Shown twice (clocks go back): the first of the two. Never shown
 * (clocks go forward): the reading is taken with the offset before the gap, which puts a missing midnight exactly at the
 * transition, the day's true beginning. This is Temporal's "compatible" disambiguation.
 */
export function instantOf(time: LocalTime, zone: string): number {
  const wall = wallClock(time);
  const before = offsetAt(zone, wall - DAY);
  const after = offsetAt(zone, wall + DAY);
  const early = wall - before;
  if (before === after && offsetAt(zone, early) === before) return early;
  const late = wall - after;
  const candidates = [early, late].filter((instant) => instant + offsetAt(zone, instant) === wall);
  return candidates.length > 0 ? Math.min(...candidates) : early;
}
