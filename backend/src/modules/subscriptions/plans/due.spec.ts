import { describe, expect, it } from '@jest/globals';
import { dueOf, nextDigest, quietEnd, rest } from './due.js';
import { PLAIN, type QuietHours, type Rhythm } from './plan.js';

const BERLIN = 'Europe/Berlin';
const digest = (rhythm: Rhythm, zone: string, now: string) => nextDigest(rhythm, zone, new Date(now))?.toISOString();
const quiet = (hours: QuietHours, zone: string, now: string) => quietEnd(hours, zone, new Date(now))?.toISOString();

describe('The next digest', () => {
  it.each<[string, Rhythm, string, string, string]>([
    ['an hour', { kind: 'hourly' }, 'UTC', '2026-11-21T10:20:30.500Z', '2026-11-21T11:00:00.000Z'],
    ['an hour, not now', { kind: 'hourly' }, 'UTC', '2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.000Z'],
    ['an hour of a half zone', { kind: 'hourly' }, 'Asia/Kolkata', '2026-11-21T10:20:00Z', '2026-11-21T10:30:00.000Z'],
    ['a day', { kind: 'daily', hour: 8 }, BERLIN, '2026-11-21T06:59:00Z', '2026-11-21T07:00:00.000Z'],
    ['a day, past', { kind: 'daily', hour: 8 }, BERLIN, '2026-11-21T07:00:00Z', '2026-11-22T07:00:00.000Z'],
    ['a day elsewhere', { kind: 'daily', hour: 8 }, 'Asia/Tokyo', '2026-11-21T22:00:00Z', '2026-11-21T23:00:00.000Z'],
    ['a day over a month', { kind: 'daily', hour: 0 }, 'UTC', '2026-11-30T12:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['a week', { kind: 'weekly', weekday: 1, hour: 9 }, 'UTC', '2026-11-21T10:00:00Z', '2026-11-23T09:00:00.000Z'],
    [
      'a week, today',
      { kind: 'weekly', weekday: 6, hour: 11 },
      'UTC',
      '2026-11-21T10:00:00Z',
      '2026-11-21T11:00:00.000Z',
    ],
    [
      'a week, past',
      { kind: 'weekly', weekday: 6, hour: 10 },
      'UTC',
      '2026-11-21T10:00:00Z',
      '2026-11-28T10:00:00.000Z',
    ],
    // 29 March 2026: 02:00 becomes 03:00. The hour that is skipped comes as 03:00.
    ['a skipped hour', { kind: 'daily', hour: 2 }, BERLIN, '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['the day after', { kind: 'daily', hour: 2 }, BERLIN, '2026-03-29T01:00:00Z', '2026-03-30T00:00:00.000Z'],
    ['hours over the gap', { kind: 'hourly' }, BERLIN, '2026-03-29T00:30:00Z', '2026-03-29T01:00:00.000Z'],
    // 25 October 2026: 03:00 becomes 02:00. The hour that comes twice counts once, the first time.
    ['a repeated hour', { kind: 'daily', hour: 2 }, BERLIN, '2026-10-24T12:00:00Z', '2026-10-25T00:00:00.000Z'],
    ['between its two', { kind: 'daily', hour: 2 }, BERLIN, '2026-10-25T00:30:00Z', '2026-10-26T01:00:00.000Z'],
    ['hours in the repeat', { kind: 'hourly' }, BERLIN, '2026-10-25T00:30:00Z', '2026-10-25T01:00:00.000Z'],
    [
      'a shift of half an hour',
      { kind: 'daily', hour: 2 },
      'Australia/Lord_Howe',
      '2026-10-03T03:00:00Z',
      '2026-10-03T15:30:00.000Z',
    ],
    ['a zone that is none', { kind: 'daily', hour: 8 }, 'Moon/Sea', '2026-11-21T06:00:00Z', '2026-11-21T08:00:00.000Z'],
  ])('of %s', (_, rhythm, zone, now, expected) => {
    expect(digest(rhythm, zone, now)).toBe(expected);
  });

  it('is none for what is told at once', () => {
    expect(nextDigest({ kind: 'immediate' }, 'UTC', new Date())).toBeUndefined();
  });
});

describe('Quiet hours', () => {
  const night = { from: '22:00', to: '07:00' };
  it.each<[string, QuietHours, string, string, string | undefined]>([
    ['before midnight', night, BERLIN, '2026-11-21T22:30:00Z', '2026-11-22T06:00:00.000Z'],
    ['after midnight', night, BERLIN, '2026-11-22T03:00:00Z', '2026-11-22T06:00:00.000Z'],
    ['from their first minute', night, BERLIN, '2026-11-21T21:00:00Z', '2026-11-22T06:00:00.000Z'],
    ['not at their end', night, BERLIN, '2026-11-22T06:00:00Z', undefined],
    ['not by day', night, BERLIN, '2026-11-22T12:00:00Z', undefined],
    ['at noon', { from: '12:00', to: '13:30' }, 'UTC', '2026-11-22T12:59:59Z', '2026-11-22T13:30:00.000Z'],
    // The end is skipped: half past two comes as half past three.
    [
      'whose end is skipped',
      { from: '22:00', to: '02:30' },
      BERLIN,
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'whose end comes twice',
      { from: '22:00', to: '02:30' },
      BERLIN,
      '2026-10-24T23:00:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'that the clock shows again',
      { from: '22:00', to: '02:30' },
      BERLIN,
      '2026-10-25T01:10:20Z',
      '2026-10-25T01:30:00.000Z',
    ],
  ])('last %s', (_, hours, zone, now, expected) => {
    expect(quiet(hours, zone, now)).toBe(expected);
  });
});

describe('What is due', () => {
  const clock = { plan: PLAIN, zone: 'UTC', snoozedUntil: null };
  const now = new Date('2026-11-21T23:00:00Z');
  const night = { ...PLAIN, quietHours: { from: '22:00', to: '07:00' } };
  const iso = (found: { at: Date; why: string } | undefined) => found && [found.at.toISOString(), found.why];

  it('is told at once unless something asks for patience', () => {
    expect(dueOf(clock, now)).toBeUndefined();
    expect(dueOf({ ...clock, snoozedUntil: new Date('2026-11-21T22:59:59Z') }, now)).toBeUndefined();
    expect(iso(dueOf({ ...clock, plan: night }, now))).toEqual(['2026-11-22T07:00:00.000Z', 'quiet']);
  });

  it('waits for the end of a snooze, and for the quiet hours around it', () => {
    const snoozedUntil = new Date('2026-11-22T01:00:00Z');
    expect(iso(dueOf({ ...clock, snoozedUntil }, now))).toEqual(['2026-11-22T01:00:00.000Z', 'snoozed']);
    expect(iso(dueOf({ ...clock, plan: night, snoozedUntil }, now))).toEqual(['2026-11-22T07:00:00.000Z', 'snoozed']);
    expect(iso(rest({ ...clock, plan: night, snoozedUntil }, now))).toEqual(['2026-11-22T07:00:00.000Z', 'snoozed']);
  });

  it('moves a digest out of quiet hours and behind a snooze', () => {
    const hourly = { ...night, rhythm: { kind: 'hourly' } as const };
    expect(iso(dueOf({ ...clock, plan: hourly }, now))).toEqual(['2026-11-22T07:00:00.000Z', 'quiet']);
    const daily = { ...PLAIN, rhythm: { kind: 'daily', hour: 6 } as const };
    const snoozedUntil = new Date('2026-11-23T00:00:00Z');
    expect(iso(dueOf({ ...clock, plan: daily, snoozedUntil }, now))).toEqual(['2026-11-23T00:00:00.000Z', 'snoozed']);
    expect(iso(dueOf({ ...clock, plan: daily }, now))).toEqual(['2026-11-22T06:00:00.000Z', 'digest']);
  });
});
