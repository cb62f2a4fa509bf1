import { findAirlines, type AirlineMention } from './airlines.js';
import { travelsOn } from './connectors.js';
import { contains, findEndpoints, type Endpoint } from './endpoints.js';
import { findViceVersa } from './fare-terms.js';
import { findPrices, type PriceMention } from './prices.js';
import type { Route, RouteReading } from './route.js';
import { readRoutes } from './routes.js';

/** A route with its fare, as one line gives them; offsets are the line's. */
export interface Offer {
  route: Route;
  price: PriceMention;
}

/** One line (or a title), read: what it says of places, money and airlines, and the offers it makes by itself. */
export interface LineReading {
  text: string;
  prices: PriceMention[];
  fares: PriceMention[];
  airlines: AirlineMention[];
  reading: RouteReading;
  offers: Offer[];
}

/** Longest line that is read; what lies beyond is not a headline nor a row. */
export const MAX_LINE = 1500;

/** Whether a line, as far as it is read, names a price. Much less work than reading it. */
export const namesPrice = (text: string): boolean => findPrices(text.slice(0, MAX_LINE)).length > 0;

/** Reads one line. */
export function readLine(text: string, language: string): LineReading {
  const line = text.slice(0, MAX_LINE);
  const prices = findPrices(line);
  const airlines = findAirlines(line);
  const endpoints = findEndpoints(line, airlines, language).filter(
    (endpoint) => !prices.some((price) => price.start < endpoint.end && price.end > endpoint.start),
  );
  const cells = prices.length > 0 && /\t| {3,}|\s\|\s/.test(line);
  const reading = readRoutes(line, endpoints, language, cells);
  const fares = prices.filter((price) => price.role === 'fare');
  const offers = pair(line, reading, fares);
  return {
    text: line,
    prices,
    fares,
    airlines,
    reading,
    offers: offers.flatMap((offer) => withViceVersa(line, offer, reading.routes)),
  };
}

function pair(line: string, reading: RouteReading, fares: readonly PriceMention[]): Offer[] {
  const routes = reading.routes.filter(
    (route, i) =>
      !reading.routes.some((other) => other !== route && circles(route, other)) &&
      !(i > 0 && travelsOn(line.slice(reading.routes[i - 1]?.end, route.start))),
  );
  if (fares.length === 0 || routes.length === 0) return [];
  const single = routes.length === 1 ? routes[0] : undefined;
  if (single) {
    const after = fares.filter((fare) => fare.start >= single.start);
    const price = lowerOfPair(line, after[0] ?? lowestOfRange(line, fares), fares);
    return price ? [{ route: single, price }, ...furtherDestinations(line, single, reading, fares, price)] : [];
  }
  const following = routes.map((route, i) =>
    fares.find((fare) => fare.start >= route.start && fare.start < (routes[i + 1]?.start ?? line.length)),
  );
  const leading = routes.map((route, i) =>
    fares.findLast((fare) => fare.end <= route.start && fare.start >= (routes[i - 1]?.end ?? 0)),
  );
  const own = following.every(Boolean) || !leading.every(Boolean) ? following : leading;
  const offers = routes.flatMap((route, i): Offer[] => {
    const price = lowerOfPair(line, own[i], fares);
    return price ? [{ route, price }] : [];
  });
  const shared = fares.length === 1 && offers.length === 1 ? fares[0] : undefined;
  if (
    shared &&
    shared.start >= (routes.at(-1)?.start ?? 0) &&
    routes.every((route, i) => i === 0 || joined(line, routes[i - 1], route))
  ) {
    return routes.map((route) => ({ route, price: shared }));
  }
  return offers;
}

/** "Austria – Iceland: from Vienna to Reykjavik": whether the first route only circles the second. */
const circles = (wide: Route, narrow: Route): boolean =>
  within(narrow.origins, wide.origins) && within(narrow.destinations, wide.destinations);

const within = (inner: readonly Endpoint[], outer: readonly Endpoint[]): boolean =>
  inner.every((end) =>
    outer.some(
      (other) =>
        end.place.place &&
        other.place.place &&
        end.place.place !== other.place.place &&
        contains(other.place.place, end.place.place),
    ),
  );

/** Two routes under one price are joined by "or", "and", a comma or a slash, and nothing else. */
const joined = (line: string, before: Route | undefined, after: Route): boolean =>
  before !== undefined &&
  /^\W*(?:or|and|und|oder|y|o|et|ou|e|from|von|desde|de|z|i|a|或|和)?(?:\s+from)?\W*$/iu.test(
    line.slice(before.end, after.start),
  );

/** "$257 (Basic Economy) / $317 (Regular Economy)", "$300-$400": the lower of the two. */
function lowerOfPair(
  line: string,
  price: PriceMention | undefined,
  fares: readonly PriceMention[],
): PriceMention | undefined {
  const next = price && fares[fares.indexOf(price) + 1];
  if (!price || !next || next.currency !== price.currency) return price;
  return /^\s*(?:\([^()]{0,40}\)|basic[^\d]{0,20})?\s*(?:\/|[-–]|or|to)\s*$/i.test(line.slice(price.end, next.start)) &&
    next.major < price.major
    ? next
    : price;
}

/** Where only fares before the route are left: the nearest, or the first of a range that ends with it ("Delta – $98 – $128: Boston – ..."). */
function lowestOfRange(line: string, fares: readonly PriceMention[]): PriceMention | undefined {
  const last = fares.at(-1);
  const before = fares.at(-2);
  return before &&
    last &&
    lowerOfPair(line, before, [before, { ...last, major: 0 }]) !== before &&
    before.major < last.major
    ? before
    : last;
}

/** "Flights from London: Barcelona £20, Rome £25": every place that a fare directly follows is a destination of its own. */
function furtherDestinations(
  line: string,
  route: Route,
  reading: RouteReading,
  fares: readonly PriceMention[],
  taken: PriceMention,
): Offer[] {
  return reading.free.flatMap((group): Offer[] => {
    const end = group.endpoints.at(-1)?.end ?? 0;
    const start = group.endpoints[0]?.start ?? 0;
    const fare = fares.find((candidate) => candidate.start >= end);
    if (
      start < taken.end ||
      !fare ||
      fare === taken ||
      !/^[\s:–—-]*(?:from|for|ab|für|desde|por|od|da|dès|à partir de|only|just)?[\s:]*$/iu.test(
        line.slice(end, fare.start),
      )
    )
      return [];
    return [{ route: { origins: route.origins, destinations: group.endpoints, start, end, legs: false }, price: fare }];
  });
}

function withViceVersa(line: string, offer: Offer, routes: readonly Route[]): Offer[] {
  const { route } = offer;
  const next = routes.find((other) => other.start >= route.end);
  if (!findViceVersa(line.slice(route.end, next?.start ?? line.length))) return [offer];
  const reversed: Route = { ...route, origins: route.destinations, destinations: route.origins, reversed: true };
  return [offer, { route: reversed, price: offer.price }];
}

/** Whether two lists of ends have a place in common, or one lies in the other. */
export function endsMeet(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  return a.some((x) =>
    b.some((y) => {
      const px = x.place.place;
      const py = y.place.place;
      if (!px || !py) return x.place.text.toLowerCase() === y.place.text.toLowerCase();
      return (
        px === py ||
        px.keys.includes(`${py.kind}:${py.code}`) ||
        py.keys.includes(`${px.kind}:${px.code}`) ||
        sharesCity(px.keys, py.keys)
      );
    }),
  );
}

const sharesCity = (a: readonly string[], b: readonly string[]): boolean =>
  a.some((key) => key.startsWith('city:') && b.includes(key));
