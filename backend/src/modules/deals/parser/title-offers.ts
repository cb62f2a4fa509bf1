import type { Passage, Placed } from './build-deal.js';
import { isVague, whole, type BodyLine, type Document } from './document.js';
import type { Endpoint } from './endpoints.js';
import { findNonstop } from './fare-terms.js';
import { endsMeet, type LineReading, type Offer } from './line.js';
import { lineIsStay, speaksOfFlying } from './negatives.js';

/** The title makes the offer; the body tells the rest, and may name the place that the title only circles ("West Coast Mexico"). */
export function fromTitle(
  document: Document,
  head: LineReading,
  lines: readonly BodyLine[],
  flying: boolean,
): Placed[] {
  const { title, body } = document;
  return head.offers.map((offer): Placed => {
    const specific = moreSpecific(offer, lines);
    const known = [...offer.route.origins, ...offer.route.destinations].every(
      (end) => end.place.place !== undefined || end.group,
    );
    return {
      offer: specific ? { route: specific.offer.route, price: offer.price } : offer,
      source: title,
      priceLine: 0,
      routeLine: specific?.line.start ?? 0,
      ...(specific ? { routeSource: body } : {}),
      ...(specific?.ownOrigins === true ? { originSource: title, originLine: 0 } : {}),
      passages: [whole(title), whole(body)],
      confidence: (known ? 0.9 : 0.6) - (flying ? 0 : 0.4),
    };
  });
}

/**
 * A body that lists what the title's route costs non-stop and with a stop, in short lines of their own ("Non-stop for €252"),
 * one of them at the title's fare: each is a deal.
 */
export function withVariants(document: Document, placed: Placed[], lines: readonly BodyLine[]): Placed[] {
  const only = placed.length === 1 ? placed[0] : undefined;
  if (!only) return placed;
  const listed = lines
    .slice(0, 40)
    .filter(
      (line) =>
        line.text.length <= 60 &&
        line.fares.length === 1 &&
        line.reading.routes.length === 0 &&
        findNonstop(line.text) !== undefined &&
        !lineIsStay(line.text),
    );
  const passage = (line: BodyLine): Passage => ({
    source: document.body,
    start: line.start,
    end: line.start + line.text.length,
  });
  const own = listed.find((line) => line.fares[0]?.major === only.offer.price.major);
  if (!own) return placed;
  const others = listed.flatMap((line): Placed[] => {
    const price = line.fares[0];
    if (!price || price.major === only.offer.price.major || price.currency !== own.fares[0]?.currency) return [];
    const route = { routeLine: only.routeLine, routeSource: only.routeSource ?? only.source };
    return [
      {
        ...only,
        ...route,
        offer: { route: only.offer.route, price },
        source: document.body,
        priceLine: line.start,
        passages: [passage(line), ...only.passages],
        confidence: 0.7,
      },
    ];
  });
  return [{ ...only, passages: [passage(own), ...only.passages] }, ...others];
}

/** A line of the body that says for the same fare which place of the title's country or region is meant, at either end. */
function moreSpecific(
  offer: Offer,
  lines: readonly BodyLine[],
): { offer: Offer; line: BodyLine; ownOrigins: boolean } | undefined {
  const { origins, destinations } = offer.route;
  const vagueThere = destinations.every((end) => isVague(end));
  const vagueHere = origins.every((end) => isVague(end) && !end.group);
  if (!vagueThere && !vagueHere) return undefined;
  const names = (ends: readonly Endpoint[]): boolean =>
    ends.length > 0 && ends.every((end) => !isVague(end)) && endsMeet(ends, destinations);
  const startsThere = (ends: readonly Endpoint[]): boolean =>
    endsMeet(ends, origins) || (vagueHere && ends.every((end) => !isVague(end)) && sameCountry(ends, origins));
  for (const [i, line] of lines.slice(0, 12).entries()) {
    const same = line.fares.some((fare) => fare.major === offer.price.major);
    if (!same && !(vagueThere && i < 3 && line.prices.length === 0 && speaksOfFlying(line.text))) continue;
    const found = line.offers.find(
      ({ route, price }) =>
        price.major === offer.price.major &&
        startsThere(route.origins) &&
        (vagueThere
          ? names(route.destinations)
          : route.destinations.length >= destinations.length &&
            endsMeet(route.destinations, destinations) &&
            route.origins.every((end) => !isVague(end))),
    );
    if (found) return { offer: found, line, ownOrigins: false };
    if (!vagueThere) continue;
    const there = line.reading.routes.find((other) => startsThere(other.origins) && names(other.destinations));
    if (there) return { offer: { route: there, price: offer.price }, line, ownOrigins: false };
    const lone =
      line.reading.routes.length === 0
        ? line.reading.loneDestinations.find((group) => names(group.endpoints))
        : undefined;
    if (lone)
      return {
        offer: { route: { ...offer.route, destinations: lone.endpoints }, price: offer.price },
        line,
        ownOrigins: true,
      };
  }
  return undefined;
}

/** Whether all places lie in the country of a region that lists no members of its own ("East Coast USA"). */
const sameCountry = (ends: readonly Endpoint[], wide: readonly Endpoint[]): boolean =>
  ends.every((end) =>
    wide.some(
      (other) =>
        other.place.place?.kind === 'region' &&
        other.place.place.country !== undefined &&
        other.place.place.country === end.place.place?.country,
    ),
  );
