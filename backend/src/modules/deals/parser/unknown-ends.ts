import { places, type Place } from '#platform/places/index.js';
import type { Endpoint } from './endpoints.js';
import { first, last, routeOf, type Group, type RouteReading } from './route.js';

const UNKNOWN_AFTER =
  /^\s*(?:\([^()]{0,30}\)\s*)?(?:to|nach|→|–|->)\s+(?:the\s+)?(\p{Lu}[\p{L}.'’-]{1,24}(?: (?:\p{Lu}[\p{L}.'’-]{1,24}|de|del|of)){0,3})/u;
const UNKNOWN_BEFORE =
  /(?:from|von)\s(\p{Lu}[\p{L}.'’-]{2,24}(?: \p{Lu}[\p{L}.'’-]{1,24}){0,3})(?:,\s\p{Lu}\p{L}{1,20})?\s+(?:to|nach|–|→)\s+(?:the\s+)?$/u;
const STOP_WORDS = /\s(?:For|From|Only|Just|Roundtrip|Return|FOR|ONLY|FROM|ROUNDTRIP|Round|One)\b.*$/u;

/** A place that we do not list still makes a route, where it stands between "from", "to" and the like. */
export function completeFromUnknown(line: string, reading: RouteReading): void {
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
