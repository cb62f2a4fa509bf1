import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold as foldValue } from '#contract/filter/index.js';
import { fold, locationOf, places, type Place } from './index.js';
import { languageCell, listCell, readTable } from './tables.js';

const key = (place: Place | undefined): string | undefined => place && `${place.kind}:${place.code}`;
const seen = (text: string, slavic = false): (string | undefined)[] =>
  places.scan(text, { slavic }).map(({ place }) => key(place));

describe('fold', () => {
  it('gives every name of the tables what a filter value folds to', () => {
    const names = ['cities', 'more-cities', 'airports', 'areas', 'regions'].flatMap((table) =>
      readTable(table).flatMap((row) => [...row.flatMap((cell) => listCell(cell)), ...languageCell(row[4]).names]),
    );
    expect(names.length).toBeGreaterThan(5000);
    for (const name of names) expect(fold(name)).toBe(foldValue(name));
  });

  it('keeps marks that are no letters, and lone surrogates', () => {
    expect(fold('Emirates™ STRASSE Straße Łódź İzmir ﬁ １２ \ud83d')).toBe(
      'emirates™ strasse strasse lodz izmir fi 12 \ud83d',
    );
  });
});

describe('places', () => {
  it.each([
    ['NYC', 'city:NYC'],
    ['nyc', 'city:NYC'],
    ['JFK', 'airport:JFK'],
    ['Lisbon', 'city:LIS'],
    ['里斯本', 'city:LIS'],
    ['Lissabon', 'city:LIS'],
    ['country:PT', 'country:PT'],
    ['country:Portugal', 'country:PT'],
    ['country:Lisbon', 'country:PT'],
    ['region:europe', 'region:europe'],
    ['region:Southeast Asia', 'region:southeast-asia'],
    ['Deutschland', 'country:DE'],
    ['USA', 'country:US'],
    ['muenchen', 'city:MUC'],
    ['Zürich', 'city:ZRH'],
    ['Big Apple', 'city:NYC'],
    ['hawaii', 'region:hawaii'],
    ['Dallas/Fort Worth', 'city:DFW'],
    ['city:Kyiv', 'city:IEV'],
    ['Kiew', 'city:IEV'],
    ['airport:Heathrow', 'airport:LHR'],
    ['Mexico', 'country:MX'],
    ['Georgia', 'country:GE'],
    ['London', 'city:LON'],
    ['London, Ontario', 'city:YXU'],
    ['Praha', 'city:PRG'],
    ['Prahy', 'city:PRG'],
  ])('resolves %s', (value, expected) => {
    expect(key(places.resolve(value))).toBe(expected);
  });

  it.each([
    '',
    '   ',
    'country:',
    'region:atlantis',
    'city:Nowhere',
    '💥',
    'x'.repeat(5000),
    'constructor',
    '__proto__',
  ])('knows no "%s"', (value) => {
    expect(places.resolve(value)).toBeUndefined();
  });

  it('says what a place lies in', () => {
    expect(places.byCode('JFK')?.keys).toEqual(
      expect.arrayContaining(['airport:JFK', 'city:NYC', 'country:US', 'region:north-america']),
    );
    expect(places.byKey('city:HNL')?.keys).toEqual(expect.arrayContaining(['region:hawaii', 'country:US']));
    expect(places.byKey('country:TH')?.keys).toEqual(expect.arrayContaining(['region:asia', 'region:southeast-asia']));
  });

  it('reads names in running text', () => {
    expect(seen('From London and Frankfurt to New York, then Washington D.C.')).toEqual([
      'city:LON',
      'city:FRA',
      'city:NYC',
      'city:WAS',
    ]);
    expect(seen('St. John’s, Newfoundland; Portland, Maine; Kansas City')).toEqual([
      'city:YYT',
      'region:newfoundland',
      'city:PWM',
      'city:MKC',
    ]);
    expect(seen('北京到曼谷，经香港')).toEqual(['city:BJS', 'city:BKK', 'city:HKG']);
    expect(seen('z Prahy do Dubaje, z Warszawy do Rzymu', true)).toEqual([
      'city:PRG',
      'city:DXB',
      'city:WAW',
      'city:ROM',
    ]);
    expect(seen('a nice london bus, tell us')).toEqual([]);
  });

  it('gives the candidates of a shared name, the best known first', () => {
    expect(places.scan('Birmingham')[0]?.candidates.map((place) => place.code)).toEqual(['BHX', 'BHM']);
    expect(places.find('San Jose').map((place) => place.code)).toEqual(['SJO', 'SJC']);
  });

  it('knows what is sold less often by name, and by code only beside another code', () => {
    expect(seen('from Traverse City to Ketchikan')).toEqual(['city:TVC', 'city:KTN']);
    expect(places.isWellKnown('LBB')).toBe(false);
    expect(places.iataCodes(places.byCode('crete') as Place)).toEqual(['HER', 'CHQ']);
    // A country none of whose places is commonly sold still has one airport.
    expect(places.iataCodes(places.byKey('country:NR') as Place)).toEqual(['INU']);
  });

  it('gives a city the codes of its former airports too', () => {
    expect(places.iataCodes(places.byCode('BER') as Place)).toEqual(expect.arrayContaining(['BER', 'TXL', 'SXF']));
  });

  it('finds airports beyond our own tables by exact name and code', () => {
    expect(places.byCode('YQZ')?.kind).toBe('airport');
    expect(places.find('Quesnel').length).toBeGreaterThan(0);
  });

  it('suggests as one types', () => {
    expect(places.suggest('lis')[0]?.code).toBe('LIS');
    expect(places.suggest('SYD', 1)[0]?.code).toBe('SYD');
    expect(places.suggest('new', 3)).toHaveLength(3);
    expect(places.suggest('', 3)).toEqual([]);
    expect(places.suggest('lis', 0)).toEqual([]);
  });

  it('counts offsets in the text as given', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom('London', 'Zürich', 'Köln', '上海', 'ß', 'İ', '\ud800', ' ', ', ', 'São Paulo'),
            fc.string({ unit: 'binary', maxLength: 4 }),
          ),
        ),
        (parts) => {
          const text = parts.join('');
          let last = 0;
          for (const { start, end, candidates } of places.scan(text, { slavic: true })) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
            expect(candidates.length).toBeGreaterThan(0);
            last = end;
          }
        },
      ),
    );
  });

  it('every city lies in a country and a region that exist, and every listed airport in a city', () => {
    for (const [name, code] of [
      ['city', 'LIS'],
      ['city', 'AKL'],
      ['city', 'CPT'],
      ['airport', 'CDG'],
    ] as const) {
      for (const parent of places.byKey(`${name}:${code}`)?.keys ?? []) expect(places.byKey(parent)).toBeDefined();
    }
  });
});

describe('locationOf', () => {
  it('knows where airports and their cities lie, and nothing of areas', () => {
    expect(locationOf('airport:LIS')).toEqual({
      latitude: expect.closeTo(38.8, 1),
      longitude: expect.closeTo(-9.1, 1),
    });
    expect(locationOf('city:NYC')).toEqual({ latitude: expect.closeTo(40.7, 0), longitude: expect.closeTo(-74, 0) });
    expect(locationOf('country:PT')).toBeUndefined();
    expect(locationOf('city:XXXX')).toBeUndefined();
  });
});
