import { instantAt, nextHour, readClock, type Reading } from './local-clock.js';
import type { Plan, QuietHours, Rhythm } from './plan.js';

/** Why a match waits. */
export type Wait = 'digest' | 'snoozed' | 'quiet' | 'burst';

/** When what waits may be told, and what it waits for. */
export interface Due {
  readonly at: Date;
  readonly why: Wait;
}

/** What decides when something may be told. */
export interface Clock {
  readonly plan: Pick<Plan, 'rhythm' | 'quietHours'>;
  /** IANA, of the person who is told. */
  readonly zone: string;
  readonly snoozedUntil: Date | null;
}

/** When a match of this moment is told; undefined: at once. A digest that would come in quiet hours comes at their end. */
export function dueOf({ plan, zone, snoozedUntil }: Clock, now: Date): Due | undefined {
  const digest = nextDigest(plan.rhythm, zone, now);
  const due = later(digest && { at: digest, why: 'digest' as const }, rest({ plan, zone, snoozedUntil }, now));
  const quiet = due && plan.quietHours && quietEnd(plan.quietHours, zone, due.at);
  return quiet ? { at: quiet, why: due.why } : due;
}

/** Until when a person is to be left alone, whatever waits for them. */
export function rest({ plan, zone, snoozedUntil }: Clock, now: Date): Due | undefined {
  const snoozed = snoozedUntil && snoozedUntil > now ? snoozedUntil : undefined;
  const quiet = plan.quietHours && quietEnd(plan.quietHours, zone, snoozed ?? now);
  if (quiet) return { at: quiet, why: snoozed ? 'snoozed' : 'quiet' };
  return snoozed && { at: snoozed, why: 'snoozed' };
}

/** When the next digest is sent after `now`; undefined for what is told at once. */
export function nextDigest(rhythm: Rhythm, zone: string, now: Date): Date | undefined {
  if (rhythm.kind === 'immediate') return undefined;
  if (rhythm.kind === 'hourly') return nextHour(now, zone);
  const today = readClock(now, zone);
  const ahead = rhythm.kind === 'daily' ? 0 : (rhythm.weekday - today.weekday + 7) % 7;
  const on = (days: number) => instantAt({ ...today, day: today.day + days, hour: rhythm.hour, minute: 0 }, zone);
  const first = on(ahead);
  return first > now ? first : on(ahead + (rhythm.kind === 'daily' ? 1 : 7));
}

/** When quiet hours that last at `instant` end; undefined outside of them. */
export function quietEnd({ from, to }: QuietHours, zone: string, instant: Date): Date | undefined {
  const clock = readClock(instant, zone);
  const at = clock.hour * 60 + clock.minute;
  const [begin, end] = [minutes(from), minutes(to)];
  const quiet = begin < end ? begin <= at && at < end : begin <= at || at < end;
  if (!quiet) return undefined;
  const day: Reading = { ...clock, day: clock.day + (end <= at ? 1 : 0), hour: Math.floor(end / 60), minute: end % 60 };
  const found = instantAt(day, zone);
  // The clocks went back behind the end: it is shown again, as long after now as the clock says.
  return found > instant ? found : new Date(Math.floor(instant.getTime() / 60_000) * 60_000 + (end - at) * 60_000);
}

function later(a: Due | undefined, b: Due | undefined): Due | undefined {
  if (!a || !b) return a ?? b;
  return b.at > a.at ? b : a;
}

function minutes(clock: string): number {
  const [hours = '0', rest = '0'] = clock.split(':');
  return Number(hours) * 60 + Number(rest);
}
