import { places, type Place } from '#platform/places/index.js';
import { departsAfter, linkBetween, roleBefore, startsBetween, type Link } from './connectors.js';
import { contains, type Endpoint } from './endpoints.js';

/** A route within a line: where it goes from and to, and the span from its first place to its last. */
export interface Route {
  origins: Endpoint[];
  destinations: Endpoint[];
  start: number;
  end: number;
  /** Three or more places in a row. */
  legs: boolean;
  /** The same fare the other way round ("and vice versa"): its currency is the first direction's. */
  reversed?: boolean;
}

/** Places of a line that are joined by "and", commas and the like, and what the line makes of them. */
export interface Group {
  endpoints: Endpoint[];
  role: 'from' | 'to' | undefined;
  link: Link;
  /** "in Costa Rica": a destination only if nothing better is there. */
  soft: boolean;
  leg: boolean;
  /** "between Toronto": what is listed next is the other end. */
  between: boolean;
}

/** What a line says of places: its routes, and the origins or destinations that stand alone. */
export interface RouteReading {
  routes: Route[];
  loneOrigins: Group[];
  loneDestinations: Group[];
  /** Groups that nothing cast: in a list "from London: Rome £20, Paris £25" they are further destinations. */
  free: Group[];
}

const first = (group: Group): Endpoint | undefined => group.endpoints[0];
const last = (group: Group): Endpoint | undefined => group.endpoints.at(-1);

/** Reads the routes of a line from its endpoints and the words between and before them. */
export function readRoutes(
  line: string,
  endpoints: readonly Endpoint[],
  language: string,
  cells: boolean,
): RouteReading {
  const groups = groupsOf(line, credible(line, endpoints, language, cells), language, cells);
  castRoles(groups);
  return collect(line, groups);
}

/** Drops everyday words and bare codes that do not stand where a place is expected. */
function credible(line: string, endpoints: readonly Endpoint[], language: string, cells: boolean): Endpoint[] {
  const letters = line.replace(/[^\p{L}]/gu, '');
  const shouting = letters.length > 12 && letters.replace(/\p{Lu}/gu, '').length < letters.length * 0.3;
  const isCode = (endpoint: Endpoint): boolean => /^[A-Z]{2,3}$/.test(endpoint.place.text);
  // "LA" and "SF" are names of ours, not codes, but stand where codes do.
  const isSold = (endpoint: Endpoint): boolean =>
    endpoint.place.text.length === 2 || places.isWellKnown(endpoint.place.text);
  return endpoints.filter((endpoint, i) => {
    if (!endpoint.weak) return true;
    const before = endpoints[i - 1];
    const after = endpoints[i + 1];
    const left = before ? linkBetween(line.slice(before.end, endpoint.start), language, cells) : 'none';
    const right = after ? linkBetween(line.slice(endpoint.end, after.start), language, cells) : 'none';
    const linked = left !== 'none' || right !== 'none';
    if (isCode(endpoint)) {
      const beside = [left === 'none' ? undefined : before, right === 'none' ? undefined : after].filter(
        (other) => other !== undefined,
      );
      if (!shouting && beside.some((other) => isCode(other) && (isSold(other) || isSold(endpoint)))) return true;
      return (
        isSold(endpoint) && !shouting && (linked || roleBefore(line.slice(0, endpoint.start), language) !== undefined)
      );
    }
    const role = roleBefore(line.slice(before?.end ?? 0, endpoint.start), language);
    return linked || role === 'from' || role === 'to';
  });
}

function groupsOf(line: string, endpoints: readonly Endpoint[], language: string, cells: boolean): Group[] {
  const groups: Group[] = [];
  endpoints.forEach((endpoint, i) => {
    const before = endpoints[i - 1];
    const gap = line.slice(before?.end ?? 0, endpoint.start);
    const link = before ? linkBetween(gap, language, cells) : 'none';
    const current = groups.at(-1);
    const role = roleBefore(gap, language);
    if (link === 'via' || role === 'via') return;
    if (link === 'list' && current?.between === true && current.endpoints.length === 1) {
      groups.push({ endpoints: [endpoint], role: undefined, link: 'to', soft: false, leg: false, between: false });
      return;
    }
    if (
      link === 'list' &&
      current &&
      (role === undefined || role === 'in' || role === current.role || language !== 'en')
    ) {
      current.endpoints.push(endpoint);
      return;
    }
    const departs = departsAfter(line.slice(endpoint.end));
    const own = departs ? 'from' : role === 'in' ? 'to' : role;
    groups.push({
      endpoints: [endpoint],
      role: link === 'none' ? own : undefined,
      link: link === 'list' ? 'none' : link,
      soft: role === 'in' && link === 'none',
      leg: false,
      between: startsBetween(gap),
    });
  });
  return groups;
}

function castRoles(groups: Group[]): void {
  groups.forEach((group, i) => {
    const before = groups[i - 1];
    if (before && (group.link === 'to' || group.link === 'dash')) {
      group.leg = before.role === 'to' && !before.soft && before.link !== 'none';
      if (before.role === undefined || before.soft) before.role = 'from';
      group.role = 'to';
    } else if (before && group.link === 'from') {
      before.role ??= 'to';
      group.role = 'from';
    }
  });
  const has = (role: 'from' | 'to', hard = false): boolean =>
    groups.some((group) => group.role === role && !(hard && group.soft));
  if (has('to', true)) for (const group of groups) if (group.soft) group.role = undefined;
  // "Lima, Peru - $350 (roundtrip, many US cities)": cities in the plural beside one place are where one may start.
  if (!has('from') && !has('to') && groups.length === 2) {
    const many = groups.filter((group) => group.endpoints.every((end) => end.group));
    if (many.length === 1 && many[0]) many[0].role = 'from';
  }
  if (has('from') && !has('to')) castFree(groups, 'to');
  else if (has('to') && !has('from')) castFree(groups, 'from');
}

/** One place without a role completes a line that has only the other end: "Malta z Bratislavy", "London: flights to Bali". */
function castFree(groups: Group[], role: 'from' | 'to'): void {
  const firstCast = groups.findIndex((group) => group.role !== undefined);
  const cast = groups.filter((group) => group.role !== undefined).flatMap((group) => group.endpoints);
  // "Plan your days in Vietnam: fares to Hanoi": what holds the other end is not where the flight starts.
  const around = (group: Group): boolean =>
    group.endpoints.some((end) =>
      cast.some((other) => end.place.place && other.place.place && contains(end.place.place, other.place.place)),
    );
  const free = groups.filter(
    (group, i) =>
      group.role === undefined &&
      group.endpoints.some((endpoint) => !endpoint.weak) &&
      (role === 'to' || (i < firstCast && !group.soft && !around(group))),
  );
  // "Südafrika: Johannesburg & Kapstadt ab Frankfurt": the places, not the country above them.
  const chosen = free.find((group) => free.every((other) => other === group || !holds(group, other)));
  if (chosen) chosen.role = role;
}

function collect(line: string, groups: readonly Group[]): RouteReading {
  const reading: RouteReading = {
    routes: [],
    loneOrigins: [],
    loneDestinations: [],
    free: groups.filter((group) => group.role === undefined),
  };
  let from: Group | undefined;
  let to: Group[] = [];
  const close = (): void => {
    // A second destination of the same origin has its fare after itself, not after the origin.
    if (from && to.length > 0) reading.routes.push(routeOf(from, to, reading.routes.at(-1)?.end));
    else if (from) reading.loneOrigins.push(from);
    else if (to.length > 0) reading.loneDestinations.push(...to);
  };
  for (const group of groups) {
    if (group.role === 'from') {
      const complete = from !== undefined && to.length > 0;
      if (from !== undefined) {
        close();
        to = complete ? [] : to;
      }
      from = group;
    } else if (group.role === 'to') {
      if (to.length > 0 && narrows(to, group)) to = [group];
      else if (group.leg && to.length > 0) to.push(group);
      else if (to.length > 0) {
        close();
        to = [group];
      } else to = [group];
    }
  }
  close();
  for (const route of reading.routes) nameMoreClosely(route, reading);
  if (reading.routes.length === 0) completeFromUnknown(line, reading);
  reading.routes = reading.routes.filter((route) => route.origins.length > 0 && route.destinations.length > 0);
  return reading;
}

/**
 * "Morocco from Vienna: Agadir for €49", "USA from Amsterdam from €249: Boston or Chicago": an end that is a country or region is
 * replaced by what a later, otherwise unused group names within it.
 */
function nameMoreClosely(route: Route, reading: RouteReading): void {
  const closer = (ends: readonly Endpoint[], groups: readonly Group[]): Group | undefined =>
    ends.every((end) => isVague(end) && !end.group)
      ? groups.find(
          (group) =>
            (first(group)?.start ?? 0) >= Math.max(...ends.map((end) => end.end)) &&
            group.endpoints.every(
              (end) =>
                !end.weak &&
                ends.some(
                  (wide) =>
                    wide.place.place &&
                    end.place.place &&
                    wide.place.place !== end.place.place &&
                    contains(wide.place.place, end.place.place),
                ),
            ),
        )
      : undefined;
  const there = closer(route.destinations, [...reading.free, ...reading.loneDestinations]);
  const here = closer(route.origins, reading.loneOrigins);
  if (there) {
    route.destinations = there.endpoints;
    reading.free = reading.free.filter((group) => group !== there);
    reading.loneDestinations = reading.loneDestinations.filter((group) => group !== there);
  }
  if (here) {
    route.origins = here.endpoints;
    reading.loneOrigins = reading.loneOrigins.filter((group) => group !== here);
  }
}

/** Whether a group's country or region holds all places of another. */
const holds = (wide: Group, narrow: Group): boolean => wide.role === undefined && narrows([wide], narrow);

/** "Thailand from Prague: tickets to Bangkok": the later destination says more closely what the earlier one circles. */
const narrows = (to: readonly Group[], group: Group): boolean =>
  group.endpoints.every((end) =>
    to.some((wide) =>
      wide.endpoints.some(
        (other) =>
          other !== end &&
          isVague(other) &&
          end.place.place !== undefined &&
          other.place.place !== undefined &&
          contains(other.place.place, end.place.place),
      ),
    ),
  );

const isVague = (end: Endpoint): boolean => end.place.place?.kind === 'country' || end.place.place?.kind === 'region';

function routeOf(from: Group, to: readonly Group[], after = 0): Route {
  const origins = from.endpoints;
  const destinations = to
    .flatMap((group) => group.endpoints)
    .filter((endpoint) => !origins.some((origin) => sameEnd(origin, endpoint)));
  const all = [...origins, ...destinations].filter((end) => end.start >= after);
  return {
    origins,
    destinations,
    start: Math.min(...all.map((endpoint) => endpoint.start)),
    end: Math.max(...all.map((endpoint) => endpoint.end)),
    legs: to.length > 1,
  };
}

const sameEnd = (a: Endpoint, b: Endpoint): boolean => a.place.place !== undefined && a.place.place === b.place.place;

const UNKNOWN_AFTER =
  /^\s*(?:\([^()]{0,30}\)\s*)?(?:to|nach|→|–|->)\s+(?:the\s+)?(\p{Lu}[\p{L}.'’-]{1,24}(?: (?:\p{Lu}[\p{L}.'’-]{1,24}|de|del|of)){0,3})/u;
const UNKNOWN_BEFORE =
  /(?:from|von)\s(\p{Lu}[\p{L}.'’-]{2,24}(?: \p{Lu}[\p{L}.'’-]{1,24}){0,3})(?:,\s\p{Lu}\p{L}{1,20})?\s+(?:to|nach|–|→)\s+(?:the\s+)?$/u;
const STOP_WORDS = /\s(?:For|From|Only|Just|Roundtrip|Return|FOR|ONLY|FROM|ROUNDTRIP|Round|One)\b.*$/u;

/** A place that we do not list still makes a route, where it stands between "from", "to" and the like. */
function completeFromUnknown(line: string, reading: RouteReading): void {
  const origin = reading.loneOrigins[0];
  const originEnd = origin ? last(origin) : undefined;
  if (origin && originEnd) {
    const match = UNKNOWN_AFTER.exec(line.slice(originEnd.end, originEnd.end + 140));
    const text = match?.[1]?.replace(STOP_WORDS, '');
    if (match && text) {
      const start = originEnd.end + match[0].length - (match[1]?.length ?? 0);
      reading.routes.push(routeOf(origin, [unknownGroup(text, start)]));
      reading.loneOrigins = [];
      return;
    }
  }
  const destination = reading.loneDestinations[0];
  const destinationStart = destination ? first(destination)?.start : undefined;
  if (destination && destinationStart !== undefined) {
    const offset = Math.max(0, destinationStart - 140);
    const match = UNKNOWN_BEFORE.exec(line.slice(offset, destinationStart));
    if (match?.[1]) {
      const start = offset + match.index + match[0].indexOf(match[1]);
      reading.routes.push(routeOf(unknownGroup(match[1], start), [destination]));
      reading.loneDestinations = [];
    }
  }
}

function unknownGroup(text: string, start: number): Group {
  const candidates: Place[] = places.find(text);
  const place = candidates[0];
  const endpoint: Endpoint = {
    start,
    end: start + text.length,
    place: { text, ...(place ? { place } : {}) },
    candidates,
    weak: false,
    group: false,
  };
  return { endpoints: [endpoint], role: undefined, link: 'none', soft: false, leg: false, between: false };
}
