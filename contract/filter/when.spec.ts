import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compile, dealFields, toMatcher, toSql, type FilterContext } from './index.js';
import { fewPlaces } from './testing/places.js';
import { instantOf, localTime, offsetAt } from './zone.js';

function bounds(text: string, zone: string, now: string): unknown[] {
  const context: FilterContext = { now: new Date(now), zone, currency: 'USD', places: fewPlaces };
  const condition = toSql(compile(text, dealFields, context), context);
  return [condition.text.replaceAll(/d\.|::\w+|[()]/g, '').replaceAll(/\$\d+/g, '?'), ...condition.params];
}

describe('instants in the zone of the owner', () => {
  it.each<[string, string, string, unknown[]]>([
    [
      'a day',
      'found:2027-01-15',
      'America/New_York',
      ['found_at >= ? AND found_at < ?', '2027-01-15T05:00:00.000Z', '2027-01-16T05:00:00.000Z'],
    ],
    [
      'the day of 23 hours',
      'found:2027-03-14',
      'America/New_York',
      ['found_at >= ? AND found_at < ?', '2027-03-14T05:00:00.000Z', '2027-03-15T04:00:00.000Z'],
    ],
    [
      'the day of 25 hours',
      'found:2027-11-07',
      'America/New_York',
      ['found_at >= ? AND found_at < ?', '2027-11-07T04:00:00.000Z', '2027-11-08T05:00:00.000Z'],
    ],
    [
      'a day without midnight',
      'found:2018-11-04',
      'America/Sao_Paulo',
      ['found_at >= ? AND found_at < ?', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
    ],
    ['a day that a zone skipped', 'found>=2011-12-30', 'Pacific/Apia', ['found_at >= ?', '2011-12-30T10:00:00.000Z']],
    [
      'a month',
      'found:2027-12',
      'Asia/Shanghai',
      ['found_at >= ? AND found_at < ?', '2027-11-30T16:00:00.000Z', '2027-12-31T16:00:00.000Z'],
    ],
    [
      'a year',
      'found:2027',
      'UTC',
      ['found_at >= ? AND found_at < ?', '2027-01-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'],
    ],
    ['before a day', 'found<2027-01-15', 'UTC', ['found_at < ?', '2027-01-15T00:00:00.000Z']],
    ['until the end of a day', 'found<=2027-01-15', 'UTC', ['found_at < ?', '2027-01-16T00:00:00.000Z']],
    ['after a day', 'found>2027-01-15', 'UTC', ['found_at >= ?', '2027-01-16T00:00:00.000Z']],
    [
      'a minute in the zone',
      'found:"2027-07-01T10:00"',
      'Europe/Lisbon',
      ['found_at >= ? AND found_at < ?', '2027-07-01T09:00:00.000Z', '2027-07-01T09:01:00.000Z'],
    ],
    [
      'a second with an offset',
      'found:"2027-07-01T10:00:05+05:45"',
      'UTC',
      ['found_at >= ? AND found_at < ?', '2027-07-01T04:15:05.000Z', '2027-07-01T04:15:06.000Z'],
    ],
    [
      'a time that clocks skipped',
      'found>="2027-03-14T02:30"',
      'America/New_York',
      ['found_at >= ?', '2027-03-14T07:30:00.000Z'],
    ],
    [
      'a time that clocks showed twice',
      'found>="2027-11-07T01:30"',
      'America/New_York',
      ['found_at >= ?', '2027-11-07T05:30:00.000Z'],
    ],
    ['hours ago', 'found>-3h', 'America/New_York', ['found_at > ?', '2027-03-15T09:00:00.000Z']],
    [
      'a calendar day ago over a change of clocks',
      'found>-1d',
      'America/New_York',
      ['found_at > ?', '2027-03-14T12:00:00.000Z'],
    ],
    [
      'two calendar days ago, before the change',
      'found>-2d',
      'America/New_York',
      ['found_at > ?', '2027-03-13T13:00:00.000Z'],
    ],
    [
      'yesterday',
      'found:yesterday',
      'America/New_York',
      ['found_at >= ? AND found_at < ?', '2027-03-14T05:00:00.000Z', '2027-03-15T04:00:00.000Z'],
    ],
    [
      'the local day a week ago',
      'found:-7d',
      'America/New_York',
      ['found_at >= ? AND found_at < ?', '2027-03-08T05:00:00.000Z', '2027-03-09T05:00:00.000Z'],
    ],
    [
      'the last week',
      'found:-7d..now',
      'UTC',
      ['found_at >= ? AND found_at <= ?', '2027-03-08T12:00:00.000Z', '2027-03-15T12:00:00.000Z'],
    ],
    [
      'from a point to the end of a month',
      'found:-7d..2027-03',
      'UTC',
      ['found_at >= ? AND found_at < ?', '2027-03-08T12:00:00.000Z', '2027-04-01T00:00:00.000Z'],
    ],
  ])('%s', (_, text, zone, expected) => {
    expect(bounds(text, zone, '2027-03-15T12:00:00Z')).toEqual(expected);
  });
});

describe('days', () => {
  it.each<[string, string, string, unknown[]]>([
    [
      'today where it is still yesterday',
      'book-by:today',
      'America/Los_Angeles',
      ['book_by >= ? AND book_by < ?', '2027-03-30', '2027-03-31'],
    ],
    [
      'today where it is already tomorrow',
      'book-by:today',
      'Pacific/Kiritimati',
      ['book_by >= ? AND book_by < ?', '2027-03-31', '2027-04-01'],
    ],
    ['within a week', 'book-by<7d', 'UTC', ['book_by < ?', '2027-04-07']],
    ['through a week', 'book-by<=7d', 'UTC', ['book_by < ?', '2027-04-08']],
    ['after', 'book-by>2w', 'UTC', ['book_by >= ?', '2027-04-15']],
    ['a month on, on its last day', 'book-by:1mo', 'UTC', ['book_by >= ? AND book_by < ?', '2027-04-30', '2027-05-01']],
    [
      'a month back, on its last day',
      'book-by:-1mo',
      'UTC',
      ['book_by >= ? AND book_by < ?', '2027-02-28', '2027-03-01'],
    ],
    ['thirteen months back', 'book-by>=-13mo', 'UTC', ['book_by >= ?', '2026-02-28']],
    ['a year on', 'book-by>=1y', 'UTC', ['book_by >= ?', '2028-03-31']],
    [
      'travel that overlaps a range',
      'departs:2027-03..2027-05',
      'UTC',
      ['travel_to > ? AND travel_from < ?', '2027-03-01', '2027-06-01'],
    ],
    ['travel that begins before', 'departs<2027-03', 'UTC', ['travel_from < ?', '2027-03-01']],
    ['travel that lasts past', 'departs>2027-03', 'UTC', ['travel_to > ?', '2027-04-01']],
  ])('%s', (_, text, zone, expected) => {
    expect(bounds(text, zone, '2027-03-31T02:00:00Z')).toEqual(expected);
  });

  it('move with the moment of each event', () => {
    const context: FilterContext = { now: new Date(0), zone: 'America/New_York', currency: 'USD', places: fewPlaces };
    const soon = toMatcher(compile('book-by<=2d', dealFields, context));
    const late = '2027-03-12T04:59:59Z';
    const later = '2027-03-12T05:00:00Z';
    expect(soon({ bookBy: '2027-03-14' }, { now: Date.parse(late) })).toBe(false);
    expect(soon({ bookBy: '2027-03-14' }, { now: Date.parse(later) })).toBe(true);
    expect(soon({ bookBy: '2027-03-14' }, { now: Date.parse(late) })).toBe(false);
  });
});

describe('zones', () => {
  it.each([
    'America/New_York',
    'Europe/Lisbon',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Pacific/Apia',
  ])('read back the wall clock of any instant in %s', (zone) => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2100, 0) }), (instant) => {
        const again = instantOf(localTime(instant, zone), zone);
        expect(localTime(again, zone)).toEqual(localTime(instant, zone));
        expect(again).toBeLessThanOrEqual(instant);
      }),
      { numRuns: 300 },
    );
  });

  it('are refused when nobody knows them', () => {
    expect(() => offsetAt('Mars/Olympus', 0)).toThrow(RangeError);
  });
});
