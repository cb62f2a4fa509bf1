import type { Link } from './connectors.js';
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

export const first = (group: Group): Endpoint | undefined => group.endpoints[0];
export const last = (group: Group): Endpoint | undefined => group.endpoints.at(-1);

/** "Thailand from Prague: tickets to Bangkok": the later destination says more closely what the earlier one circles. */
export const narrows = (to: readonly Group[], group: Group): boolean =>
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

/** Whether an end is a country or a region. */
export const isVague = (end: Endpoint): boolean =>
  end.place.place?.kind === 'country' || end.place.place?.kind === 'region';

/** A route from one group to others; its span leaves out what lies before `after`. */
export function routeOf(from: Group, to: readonly Group[], after = 0): Route {
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
