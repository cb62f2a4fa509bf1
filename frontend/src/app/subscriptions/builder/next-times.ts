import { instantOf, localTime } from '#contract/filter/zone.js';
import type { Rhythm } from '../subscription';

/** Times of day, such as 22:00; over midnight when it begins later than it ends. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/**
 * When the next digests of a rhythm are sent, as the server counts: by the person's wall clock, and at the end of quiet hours that
 * they would fall into.
 *
 * @param zone IANA name
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970; empty for what is told at once
 */
export function nextTimes(rhythm: Rhythm, quiet: QuietHours | null, zone: string, now: number, count = 3): number[] {
  const found: number[] = [];
  let at = now;
  // A night of quiet hours may gather many hourly digests into one.
  for (let step = 0; found.length < count && step < 100; step += 1) {
    const next = nextDigest(rhythm, zone, at);
    if (next === undefined) return [];
    const sent = (quiet && quietEnd(quiet, zone, next)) ?? next;
    if (sent !== found.at(-1)) found.push(sent);
    at = next;
  }
  return found;
}

function nextDigest(rhythm: Rhythm, zone: string, now: number): number | undefined {
  if (rhythm.kind === 'immediate') return undefined;
  const today = localTime(now, zone);
  if (rhythm.kind === 'hourly') {
    return now + (60 - today.minute) * 60_000 - today.second * 1000 - today.millisecond;
  }
  const on = (days: number) =>
    instantOf({ year: today.year, month: today.month, day: today.day + days, hour: rhythm.hour }, zone);
  if (rhythm.kind === 'daily') return on(0) > now ? on(0) : on(1);
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay() || 7;
  const ahead = (rhythm.weekday - weekday + 7) % 7;
  return on(ahead) > now ? on(ahead) : on(ahead + 7);
}

/** When quiet hours that last at a moment end; undefined outside of them. */
export function quietEnd({ from, to }: QuietHours, zone: string, at: number): number | undefined {
  const clock = localTime(at, zone);
  const minute = clock.hour * 60 + clock.minute;
  const [begin, end] = [minutes(from), minutes(to)];
  const quiet = begin < end ? begin <= minute && minute < end : begin <= minute || minute < end;
  if (!quiet) return undefined;
  const day = clock.day + (end <= minute ? 1 : 0);
  return instantOf({ year: clock.year, month: clock.month, day, hour: 0, minute: end }, zone);
}

function minutes(clock: string): number {
  const [hour = '0', minute = '0'] = clock.split(':');
  return Number(hour) * 60 + Number(minute);
}
