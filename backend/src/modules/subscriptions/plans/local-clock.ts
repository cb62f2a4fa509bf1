import { DateTime, IANAZone } from 'luxon';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** A wall clock's reading; days may run over the end of a month. */
export interface Reading {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** What a zone's wall clock shows at an instant. */
export function readClock(instant: Date, zone: string): Reading & { weekday: number } {
  const { year, month, day, hour, minute, weekday } = DateTime.fromJSDate(instant, { zone: zoneOf(zone) });
  return { year, month, day, hour, minute, weekday };
}

/**
 * When a zone's wall clock shows a time. Shown twice, as clocks go back: the first. Never shown, as they go forward: as much
 * later as the clocks skip. (`DateTime.fromObject` decides the first case by the offset of today, so the answer would change
 * with the season in which one asks.)
 */
export function instantAt({ year, month, day, hour, minute }: Reading, zone: string): Date {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  const place = zoneOf(zone);
  const offset = (at: number) => place.offset(at) * MINUTE;
  const early = wall - offset(wall - DAY);
  const late = wall - offset(wall + DAY);
  const shown = [early, late].filter((at) => at + offset(at) === wall);
  return new Date(shown.length > 0 ? Math.min(...shown) : early);
}

/** The first instant after `instant` at which the minute hand stands at the hour. */
export function nextHour(instant: Date, zone: string): Date {
  const { minute, second, millisecond } = DateTime.fromJSDate(instant, { zone: zoneOf(zone) });
  return new Date(instant.getTime() + (60 - minute) * MINUTE - second * 1000 - millisecond);
}

/** UTC for a zone that this machine does not know (any more). */
function zoneOf(name: string): IANAZone {
  const zone = IANAZone.create(name);
  return zone.isValid ? zone : IANAZone.create('UTC');
}
