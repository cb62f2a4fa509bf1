import { instantOf, localTime, wallClock, type LocalTime } from './zone.js';

export type Unit = 'min' | 'h' | 'd' | 'w' | 'mo' | 'y';

/** A step from now: hours and minutes are exact, the others are steps of the calendar in the owner's zone. */
export interface Shift {
  readonly amount: number;
  readonly unit: Unit;
}

/** A date or time as written. `day` is today, tomorrow, yesterday: always the whole day. */
export type Written =
  | { readonly kind: 'calendar'; readonly year: number; readonly month?: number; readonly day?: number }
  | { readonly kind: 'clock'; readonly time: LocalTime; readonly length: number; readonly offset?: number }
  | { readonly kind: 'shift'; readonly shift: Shift; readonly wholeDay: boolean };

/** A calendar day `YYYY-MM-DD`: fixed, or moving with now. */
export type Day = { readonly day: string } | { readonly shift: Shift; readonly plusDays: 0 | 1; readonly zone: string };

/** An instant in milliseconds since 1970: fixed, or moving with now; `edge` snaps to the local day's begin or end. */
export type Instant =
  | { readonly at: number }
  | { readonly shift: Shift; readonly edge: 'none' | 'day' | 'next-day'; readonly zone: string };

/** A half-open period. */
export interface Period<T> {
  readonly start: T;
  readonly end: T;
}

const CALENDAR = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const CLOCK =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2}))?$/;
const SHIFT = /^([+-]?)(\d{1,8})(min|h|d|w|mo|y)$/i;
const NAMED = new Map<string, Written>([
  ['now', { kind: 'shift', shift: { amount: 0, unit: 'min' }, wholeDay: false }],
  ['today', { kind: 'shift', shift: { amount: 0, unit: 'd' }, wholeDay: true }],
  ['tomorrow', { kind: 'shift', shift: { amount: 1, unit: 'd' }, wholeDay: true }],
  ['yesterday', { kind: 'shift', shift: { amount: -1, unit: 'd' }, wholeDay: true }],
]);
/** A century either way: every result stays within four-digit years. */
const FARTHEST: Readonly<Record<Unit, number>> = {
  min: 52_560_000,
  h: 876_000,
  d: 36_500,
  w: 5_200,
  mo: 1_200,
  y: 100,
};

/** Reads a date, a time, a relative step or a day's name. Years run from 1900 to 2999. @returns undefined if it is none. */
export function readWhen(text: string): Written | undefined {
  return NAMED.get(text.toLowerCase()) ?? readShift(text) ?? readCalendar(text) ?? readClock(text);
}

function readShift(text: string): Written | undefined {
  const [, sign, digits, unit] = SHIFT.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const shift = { amount: Number(digits) * (sign === '-' ? -1 : 1) + 0, unit: unit.toLowerCase() as Unit };
  return Math.abs(shift.amount) <= FARTHEST[shift.unit] ? { kind: 'shift', shift, wholeDay: false } : undefined;
}

function readCalendar(text: string): Written | undefined {
  const [, year, month, day] = CALENDAR.exec(text) ?? [];
  if (!isDate(Number(year), Number(month ?? 1), Number(day ?? 1))) return undefined;
  return {
    kind: 'calendar',
    year: Number(year),
    ...(month === undefined ? {} : { month: Number(month) }),
    ...(day === undefined ? {} : { day: Number(day) }),
  };
}

function readClock(text: string): Written | undefined {
  const [, year, month, day, hour, minute, second, fraction, utc, sign, hours, minutes] = CLOCK.exec(text) ?? [];
  const time = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
    millisecond: Number((fraction ?? '0').padEnd(3, '0')),
  };
  if (!isDate(time.year, time.month, time.day) || time.hour > 23 || time.minute > 59 || time.second > 59)
    return undefined;
  const length = second === undefined ? 60_000 : fraction === undefined ? 1_000 : 1;
  if (utc) return { kind: 'clock', time, length, offset: 0 };
  if (sign === undefined) return { kind: 'clock', time, length };
  if (Number(hours) > 18 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return { kind: 'clock', time, length, offset };
}

function isDate(year: number, month: number, day: number): boolean {
  if (!(year >= 1900 && year <= 2999)) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** The days that a written date covers. @returns undefined for times and for steps finer than a day. */
export function days(written: Written, zone: string): Period<Day> | undefined {
  if (written.kind === 'clock') return undefined;
  if (written.kind === 'calendar') {
    const { start, end } = calendarPeriod(written);
    return { start: { day: isoDay(wallClock(start)) }, end: { day: isoDay(wallClock(end)) } };
  }
  const { shift } = written;
  if (shift.unit === 'h' || (shift.unit === 'min' && shift.amount !== 0)) return undefined;
  return { start: { shift, plusDays: 0, zone }, end: { shift, plusDays: 1, zone } };
}

/** The instants that a written date or time covers. A relative step covers its local day. */
export function instants(written: Written, zone: string): Period<Instant> {
  if (written.kind === 'calendar') {
    const { start, end } = calendarPeriod(written);
    return { start: { at: instantOf(start, zone) }, end: { at: instantOf(end, zone) } };
  }
  if (written.kind === 'clock') {
    const at = written.offset === undefined ? instantOf(written.time, zone) : wallClock(written.time) - written.offset;
    return { start: { at }, end: { at: at + written.length } };
  }
  const { shift } = written;
  return { start: { shift, edge: 'day', zone }, end: { shift, edge: 'next-day', zone } };
}

function calendarPeriod(written: { year: number; month?: number; day?: number }): Period<LocalTime> {
  const { year, month, day } = written;
  const start = { year, month: month ?? 1, day: day ?? 1 };
  if (month === undefined) return { start, end: { ...start, year: year + 1 } };
  if (day === undefined) return { start, end: { ...start, month: month + 1 } };
  return { start, end: { ...start, day: day + 1 } };
}

/** The day that `day` is, seen from `now` (milliseconds). */
export function resolveDay(day: Day, now: number): string {
  if ('day' in day) return day.day;
  const { year, month, day: date } = shifted(localTime(now, day.zone), day.shift);
  return isoDay(wallClock({ year, month, day: date + day.plusDays }));
}

/** The instant that `instant` is, seen from `now` (both milliseconds). */
export function resolveInstant(instant: Instant, now: number): number {
  if ('at' in instant) return instant.at;
  const { shift, edge, zone } = instant;
  const exact = exactStep(shift);
  if (exact !== undefined && edge === 'none') return now + exact;
  const local = exact === undefined ? shifted(localTime(now, zone), shift) : localTime(now + exact, zone);
  if (edge === 'none') return instantOf(local, zone);
  return instantOf({ year: local.year, month: local.month, day: local.day + (edge === 'next-day' ? 1 : 0) }, zone);
}

function exactStep({ amount, unit }: Shift): number | undefined {
  if (unit === 'h') return amount * 3_600_000;
  return unit === 'min' ? amount * 60_000 : undefined;
}

/** Steps through the calendar at the same time of day; a month without that day ends on its last one. */
function shifted(local: Required<LocalTime>, { amount, unit }: Shift): Required<LocalTime> {
  if (unit === 'd') return { ...local, day: local.day + amount };
  if (unit === 'w') return { ...local, day: local.day + 7 * amount };
  if (unit !== 'mo' && unit !== 'y') return local;
  const months = local.month - 1 + (unit === 'y' ? 12 * amount : amount);
  const year = local.year + Math.floor(months / 12);
  const month = (((months % 12) + 12) % 12) + 1;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { ...local, year, month, day: Math.min(local.day, lastDay) };
}

function isoDay(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}
