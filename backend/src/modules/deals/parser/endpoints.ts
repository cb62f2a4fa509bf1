import { places, type Place, type PlaceMention } from '#platform/places/index.js';
import type { AirlineMention } from './airlines.js';
import type { ParsedPlace } from './types.js';

/** One end of a possible route as it stands in a line: a place with what qualifies it, or a group ("many Italian cities"). */
export interface Endpoint {
  start: number;
  /** End with qualifiers: "Lima, Peru" ends after "Peru". */
  end: number;
  place: ParsedPlace;
  candidates: Place[];
  /** An everyday word or a bare code: needs a place's position. */
  weak: boolean;
  group: boolean;
}

const GROUP_BEFORE =
  /(?:(?:many|several|various|multiple|most|all|numerous|a lot of|lots of|selected|some|other|more|the|vielen?|mehreren?|verschiedenen?|einigen?|allen?|varios|muchos|varias|muchas|plusieurs|diverse|molte|wiele|wielu|kilku|mnoha|několika|různých)\s+(?:of\s+the\s+|of\s+)?){0,2}$/iu;
const GROUP_NOUN =
  /^\s+(?:(?:major|big|regional|west coast|east coast|many|several)\s+)?(?:cit(?:y|ies)|airports?|destinations?|islands?|towns?|locations?|städten?|flughäfen|ciudades|aeropuertos|villes|aéroports|città|aeroporti|miast\S*|měst\S*)(?![\p{L}])/iu;
const NOUN_FIRST =
  /(?<![\p{L}])(?:(?:many|varios|varias|muchos|muchas|diversos|algunos|diversi|vari|varie|plusieurs|nombreuses|wielu|mnoha|několika|kilku)\s)?(?:ciudades|aeropuertos|villes|aéroports|città|aeroporti|aeroportos|cidades|miast|lotnisk)\s+(?:de\s)?(\p{L}{4,18})(?![\p{L}])/giu;
const LOWER_ADJECTIVE =
  /(?<![\p{L}\d])\p{Ll}{5,18}(?=\s+(?:[Ss]tädten?|[Ff]lughäfen|ciudades|villes|città|miast|lotnisk|měst|letišť|metropol))/gu;
const ADJECTIVE = /(?<![\p{L}\d])\p{Lu}[\p{L}.]{1,18}(?![\p{L}\d])/gu;
const LOOSE_GROUP_ELSEWHERE =
  /(?<![\p{L}])(?:vielen?|mehreren?|verschiedenen?|diversen?|varias|varios|muchas|muchos|plusieurs|molte|wielu|mnoha|několika)\s(?:städten?|flughäfen|ciudades|aeropuertos|destinos|villes|città|miast|měst)(?![\p{L}])(?!\s(?:de\s)?\p{Ll}{5,}(?:es|as|os|ch)\b)/giu;
const LOOSE_GROUP =
  /\b(?:many|several|various|numerous|multiple|selected)\s+(?:\p{L}+\s+){0,2}(?:cities|destinations|airports|islands)\b(?:\s+(?:across|in|throughout|around|within)\s+)?/giu;

/** Endpoints of a line, left to right. Airlines are passed over ("Air France", "Singapore Airlines"). */
export function findEndpoints(line: string, airlines: readonly AirlineMention[], language: string): Endpoint[] {
  const slavic = language === 'cs' || language === 'pl' || language === 'sk';
  const inAirline = (start: number, end: number): boolean =>
    airlines.some((airline) => airline.start < end && airline.end > start);
  const mentions = places.scan(line, { slavic }).filter((mention) => !inAirline(mention.start, mention.end));
  const groups = findGroups(line, mentions).filter((group) => !inAirline(group.start, group.end));
  const free = mentions.filter(
    (mention) => !groups.some((group) => group.start < mention.end && group.end > mention.start),
  );
  const endpoints: Endpoint[] = [...groups];
  for (let i = 0; i < free.length; i++) {
    const mention = free[i];
    if (mention === undefined) continue;
    const endpoint = fromMention(line, mention);
    i = qualify(line, endpoint, free, i);
    endpoints.push(endpoint);
  }
  endpoints.sort((a, b) => a.start - b.start);
  return endpoints.map((endpoint, i) => unlisted(line, endpoint, endpoints[i - 1]?.end ?? 0) ?? endpoint);
}

const PLACE_EXPECTED =
  /(?:^|[–—:>→/&]|\s-|(?<![\p{L}])(?:to|from|or|and|nach|von|ab|und|oder|a|y|o|de|desde|hasta|do|na|z|ze|i|nebo))\s*(?:the\s+)?$/iu;
const NOT_A_NAME =
  /^(?:to|from|or|and|the|for|only|just|cheap|flights?|fly|fares?|deals?|in|on|at|with|hot|sale|now|new|best|nach|von|ab|und|oder|für|vuelos?|flüge|flug|a|y|o|de|desde|do|na|z|ze|i|nebo|letenky|loty|visit|explore|discover|enjoy|see|book|escape|spend|travel|trip|welcome|via|business|class|economy|roundtrip|return)$/iu;

/**
 * A name that no table has, before a comma and the country, state or region that holds it ("to Sumbawa, Indonesia"), is what is
 * meant, not the country. Looked up among all airports, else kept as text.
 */
function unlisted(line: string, endpoint: Endpoint, after: number): Endpoint | undefined {
  const { place } = endpoint.place;
  const wide = place !== undefined && !endpoint.group && (place.kind === 'country' || place.kind === 'region');
  const area =
    place?.code === 'WAS' && endpoint.place.text === 'Washington' ? places.byCode('washington-state') : place;
  if (!area || (!wide && area === place)) return undefined;
  const before = line.slice(Math.max(after, endpoint.start - 60), endpoint.start);
  const match = /((?:[\p{L}\d.'’-]+ ){0,3}[\p{L}.'’-]{2,})(?:, ?| \()$/u.exec(before);
  if (!match?.[1]) return undefined;
  const words = match[1].split(' ');
  let from = words.length;
  while (from > 0 && /^[\p{Lu}\d]/u.test(words[from - 1] ?? '') && !NOT_A_NAME.test(words[from - 1] ?? '')) from--;
  const text = words.slice(from).join(' ');
  const start =
    endpoint.start - (before.length - match.index) + words.slice(0, from).join(' ').length + (from > 0 ? 1 : 0);
  if (text.length < 3 || !PLACE_EXPECTED.test(line.slice(Math.max(0, start - 20), start))) return undefined;
  const candidates = places
    .find(text)
    .filter((candidate) => contains(area, candidate) || candidate.country === area.country);
  const found = candidates[0];
  if (!found && /^\W*$/.test(line.slice(0, start))) return undefined;
  return {
    start,
    end: endpoint.end,
    place: { text, ...(found ? { place: found } : {}) },
    candidates,
    weak: false,
    group: false,
  };
}

function fromMention(line: string, mention: PlaceMention): Endpoint {
  const { place, candidates, start, end } = mention;
  const weak =
    mention.everyday ||
    mention.viaCode ||
    (line[start] === line[start]?.toLowerCase() && (line[start] ?? '') < '\u2e80');
  return { start, end, place: { text: line.slice(start, end), place }, candidates, weak, group: false };
}

/**
 * Takes in what qualifies a place: the country, state or region after a comma or "in", a code in brackets. What fits only
 * one of several places of the name settles which is meant. Gives the index of the last mention used.
 */
function qualify(line: string, endpoint: Endpoint, mentions: PlaceMention[], at: number): number {
  let used = at;
  for (let next = mentions[used + 1]; next !== undefined; next = mentions[used + 1]) {
    const gap = line.slice(endpoint.end, next.start);
    const refined = refine(endpoint, next, gap);
    if (!refined) break;
    endpoint.place.place = refined[0];
    endpoint.candidates = refined;
    const bracket = /[([]/.test(gap);
    endpoint.end = next.end + (bracket ? (/^\s?[)\]]/.exec(line.slice(next.end, next.end + 3))?.[0].length ?? 0) : 0);
    endpoint.weak = false;
    used++;
  }
  const state = /^,?\s\(?([A-Z]{2,4})\b\)?/.exec(line.slice(endpoint.end, endpoint.end + 8));
  const area = state?.[1] === undefined || !state[0].startsWith(',') ? undefined : places.byAbbreviation(state[1]);
  const inArea = area ? endpoint.candidates.filter((candidate) => contains(area, candidate)) : [];
  if (state && inArea.length > 0) {
    endpoint.candidates = inArea;
    endpoint.place.place = inArea[0];
    endpoint.end += state[0].length;
    endpoint.weak = false;
  }
  return used;
}

/** The places an endpoint still means when `next`, after `gap`, qualifies it; undefined when it does not. */
function refine(endpoint: Endpoint, next: PlaceMention, gap: string): Place[] | undefined {
  const { candidates } = endpoint;
  const bracket = /^\s?[([]\s?$/.test(gap);
  if (bracket || (next.viaCode ? /^\s?$/ : /^\s?[-–/]?\s?$/).test(gap)) {
    const narrower = candidates.filter((candidate) => contains(candidate, next.place));
    if (narrower.length > 0 && (next.place.kind === 'airport' || next.viaCode))
      return next.place.kind === 'city' ? narrower : [next.place];
  }
  if (
    bracket &&
    next.place.kind === 'city' &&
    candidates.some((candidate) => candidate.kind !== 'city' && contains(candidate, next.place))
  )
    return [next.place];
  if (!bracket && !/^,\s?(?:the\s)?$|^\s(?:in|auf|en|on)\s(?:der\s|the\s|den\s)?$/i.test(gap)) return undefined;
  if (candidates.includes(next.place)) return [next.place];
  // After a comma "Washington" is the state, where it holds the place before.
  const state = next.place.code === 'WAS' && !bracket ? places.byCode('washington-state') : undefined;
  const inState = state ? candidates.filter((candidate) => contains(state, candidate)) : [];
  if (inState.length > 0) return inState;
  if (next.place.kind === 'city' || next.place.kind === 'airport') return undefined;
  const fitting = candidates.filter(
    (candidate) => contains(next.place, candidate) || next.candidates.some((other) => contains(other, candidate)),
  );
  if (fitting.length > 0) return fitting;
  // A state or province after a comma qualifies even what our tables file under another ("Newark, New Jersey").
  const sameCountry = candidates.filter(
    (candidate) =>
      next.place.kind === 'region' && next.place.country !== undefined && candidate.country === next.place.country,
  );
  return gap.startsWith(',') && sameCountry.length > 0 ? sameCountry : undefined;
}

/** Whether `inner` lies in `outer` or is it. */
export const contains = (outer: Place, inner: Place): boolean => inner.keys.includes(`${outer.kind}:${outer.code}`);

function findGroups(line: string, mentions: readonly PlaceMention[]): Endpoint[] {
  const groups: Endpoint[] = [];
  const add = (start: number, end: number, place: Place | undefined): void => {
    if (groups.some((group) => group.start < end && group.end > start)) return;
    groups.push({
      start,
      end,
      place: { text: line.slice(start, end), ...(place ? { place } : {}) },
      candidates: place ? [place] : [],
      weak: false,
      group: true,
    });
  };
  const named = mentions
    .filter((mention) => mention.place.kind !== 'airport' && !mention.viaCode)
    .map((mention) => ({ start: mention.start, end: mention.end, place: mention.place }));
  const adjectives = [...line.matchAll(ADJECTIVE), ...line.matchAll(LOWER_ADJECTIVE)].flatMap((match) => {
    // "South African cities" before "African cities".
    const two =
      /^[ -]\p{Lu}[\p{L}]{2,14}/u.exec(
        line.slice(match.index + match[0].length, match.index + match[0].length + 16),
      )?.[0] ?? '';
    const longer = two === '' ? undefined : places.byAdjective(match[0] + two);
    const place = longer ?? places.byAdjective(match[0]);
    return place ? [{ start: match.index, end: match.index + match[0].length + (longer ? two.length : 0), place }] : [];
  });
  for (const { start, end, place } of [...adjectives, ...named]) {
    const noun = GROUP_NOUN.exec(line.slice(end, end + 48));
    if (!noun) continue;
    const before = GROUP_BEFORE.exec(line.slice(Math.max(0, start - 40), start))?.[0] ?? '';
    add(start - before.length, end + noun[0].length, place);
  }
  for (const match of line.matchAll(NOUN_FIRST)) {
    const place = places.byAdjective(match[1] ?? '') ?? undefined;
    if (place) add(match.index, match.index + match[0].length, place);
  }
  for (const match of line.matchAll(LOOSE_GROUP_ELSEWHERE)) add(match.index, match.index + match[0].length, undefined);
  for (const match of line.matchAll(LOOSE_GROUP)) {
    const after = mentions.find(
      (mention) =>
        mention.start - (match.index + match[0].length) >= 0 && mention.start - (match.index + match[0].length) <= 4,
    );
    const inside = /(?:across|in|throughout|around|within)\s+$/i.test(match[0]) ? after : undefined;
    add(match.index, inside?.end ?? match.index + match[0].trimEnd().length, inside?.place);
  }
  return groups;
}
