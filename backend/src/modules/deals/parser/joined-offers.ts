import type { Placed } from './build-deal.js';
import { whole, type BodyLine, type Document } from './document.js';
import { endsMeet, type LineReading } from './line.js';
import { lineIsStay } from './negatives.js';

/** The title has a route, or a fare, or half a route; the body has what is missing. */
export function fromBoth(document: Document, head: LineReading, lines: readonly BodyLine[]): Placed[] {
  const { title, body } = document;
  const route = head.reading.routes[0];
  const fare = head.fares[0];
  const passages = [whole(title), whole(body)];
  if (route) {
    const line = lines.find((candidate) =>
      candidate.offers.some(
        (offer) =>
          endsMeet(offer.route.destinations, route.destinations) && endsMeet(offer.route.origins, route.origins),
      ),
    );
    const offer = line?.offers.find((candidate) => endsMeet(candidate.route.destinations, route.destinations));
    if (line && offer)
      return [{ offer, source: body, priceLine: line.start, routeLine: line.start, passages, confidence: 0.8 }];
    const priced = lines
      .slice(0, 8)
      .find(
        (candidate) =>
          candidate.fares.length > 0 && candidate.reading.routes.length === 0 && !lineIsStay(candidate.text),
      );
    const price = priced?.fares[0];
    if (priced && price)
      return [
        {
          offer: { route, price },
          source: body,
          priceLine: priced.start,
          routeLine: 0,
          routeSource: title,
          passages,
          confidence: 0.6,
        },
      ];
    return [];
  }
  if (!fare) return withOriginAndFare(document, head, lines);
  // A sale's headline fare over a list of routes: the list makes the offers.
  const placeless =
    head.reading.loneDestinations.length + head.reading.loneOrigins.length + head.reading.free.length === 0;
  if (placeless && lines.filter((line) => line.offers.length > 0).length > 1) return [];
  const same = lines.slice(0, 40).find((line) => line.offers.some((offer) => offer.price.major === fare.major));
  const offer = same?.offers.find((candidate) => candidate.price.major === fare.major);
  if (same && offer)
    return [{ offer, source: body, priceLine: same.start, routeLine: same.start, passages, confidence: 0.8 }];
  const destination =
    head.reading.loneDestinations[0] ?? head.reading.free.find((group) => group.endpoints.every((end) => !end.weak));
  const origin = head.reading.loneOrigins[0];
  if (destination && !origin) {
    const line = lines
      .slice(0, 10)
      .find(
        (candidate) =>
          candidate.reading.loneOrigins.length > 0 ||
          candidate.reading.routes.some((other) => endsMeet(other.destinations, destination.endpoints)),
      );
    const routeThere = line?.reading.routes.find((other) => endsMeet(other.destinations, destination.endpoints));
    const origins = routeThere?.origins ?? line?.reading.loneOrigins[0]?.endpoints;
    if (line && origins && !lineIsStay(line.text)) {
      const made = routeThere ?? { origins, destinations: destination.endpoints, start: 0, end: 0, legs: false };
      const at = routeThere
        ? { routeLine: line.start, routeSource: body }
        : { routeLine: 0, originLine: line.start, originSource: body };
      return [{ offer: { route: made, price: fare }, source: title, priceLine: 0, ...at, passages, confidence: 0.6 }];
    }
  }
  return [];
}

/** The title names the place ("Flights to New York at Christmas"), a line of the body where one starts and what it costs. */
function withOriginAndFare(document: Document, head: LineReading, lines: readonly BodyLine[]): Placed[] {
  const { title, body } = document;
  const groups = [
    ...head.reading.loneDestinations,
    ...head.reading.free.filter((group) => group.endpoints.every((end) => !end.weak)),
  ];
  const destination = groups.length === 1 ? groups[0] : undefined;
  const line = lines
    .slice(0, 6)
    .find(
      (candidate) =>
        candidate.fares.length > 0 &&
        candidate.reading.loneOrigins.length === 1 &&
        candidate.reading.routes.length === 0,
    );
  const origin = line?.reading.loneOrigins[0];
  const price = line?.fares[0];
  if (!destination || !line || !origin || !price || lineIsStay(line.text) || line.reading.loneDestinations.length > 0)
    return [];
  const route = { origins: origin.endpoints, destinations: destination.endpoints, start: 0, end: 0, legs: false };
  return [
    {
      offer: { route, price },
      source: body,
      priceLine: line.start,
      routeLine: 0,
      routeSource: title,
      originSource: body,
      originLine: line.start,
      passages: [whole(title), whole(body)],
      confidence: 0.6,
    },
  ];
}
