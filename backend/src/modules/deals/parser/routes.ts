import { contains, type Endpoint } from './endpoints.js';
import { castRoles, credible, groupsOf } from './route-groups.js';
import { first, isVague, narrows, routeOf, type Group, type Route, type RouteReading } from './route.js';
import { completeFromUnknown } from './unknown-ends.js';

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
