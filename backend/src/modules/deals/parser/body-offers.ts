import type { Passage, Placed } from './build-deal.js';
import { isVague, whole, type BodyLine, type Document } from './document.js';
import { findTripType } from './fare-terms.js';
import { endsMeet, type LineReading, type Offer } from './line.js';
import { isOtherTrade, lineIsStay, refuseTitle, saysRise, speaksOfFlying } from './negatives.js';
import type { Source } from './sources.js';

/** No offer in the title: every line of the body may make one, alone or with the heading above it. */
export function fromBody(document: Document, head: LineReading, lines: readonly BodyLine[]): Placed[] {
  const placed = ownRows(document, lines);
  return placed.length > 0 ? placed : underOrigin(document, head, lines);
}

/** The offers of lines that name route and fare, alone or with the heading above them. */
function ownRows(document: Document, lines: readonly BodyLine[]): Placed[] {
  const { title, body } = document;
  const placed: Placed[] = [];
  const push = (
    offer: Offer,
    line: BodyLine,
    routeLine: number,
    routeSource: Source,
    near: Passage,
    confidence: number,
  ): void => {
    placed.push({
      offer,
      source: body,
      priceLine: line.start,
      routeLine,
      ...(routeSource === body ? {} : { routeSource }),
      passages: [near, whole(title)],
      confidence,
    });
  };
  let pending: { line: BodyLine; age: number } | undefined;
  for (const [i, line] of lines.entries()) {
    const near: Passage = { source: body, start: line.start, end: endOfOffer(lines, i, body.text.length) };
    if (refuseTitle(line.text) !== undefined || lineIsStay(line.text) || isOtherTrade(line.text)) continue;
    // Prose about markets ("from Western Europe to China") is no fare; one end at least is a city.
    if (
      line.offers.length > 0 &&
      !findTripType(line.text) &&
      !line.offers.some((offer) => [...offer.route.origins, ...offer.route.destinations].some((end) => !isVague(end)))
    )
      continue;
    if (line.offers.length > 0) {
      const alone = lines.length <= 12 && i < 4 && lines.filter((other) => other.offers.length > 0).length === 1;
      if (alone || lineFlies(line, lines[i - 1]))
        for (const offer of line.offers)
          push(offer, line, line.start, body, alone ? { ...near, end: body.text.length } : near, 0.75);
      pending = undefined;
      continue;
    }
    if (saysRise(line.text)) pending = undefined;
    if (line.reading.routes.length > 0 && line.text.length < 160) {
      pending = { line, age: 0 };
      continue;
    }
    const route = pending?.line.reading.routes[0];
    const fare = line.fares[0];
    if (pending && route && fare && pending.age < 3 && line.text.length < 160) {
      push({ route, price: fare }, line, pending.line.start, body, { ...near, start: pending.line.start }, 0.65);
      pending = undefined;
    } else if (pending && ++pending.age >= 3) pending = undefined;
  }
  return placed;
}

/** What follows such a heading leads to other pages, whose fares may be long gone. */
const ELSEWHERE =
  /^\W*(?:related|similar|recent|latest|previous|popular|older|read (?:more|also|next)|you (?:may|might) (?:also )?like|see also|mehr zum thema|ähnliche|weitere (?:artikel|beiträge)|lesen sie auch|te puede interesar|entradas|à lire|articles|leggi anche|articoli|zobacz (?:też|także)|podobne|相关|推荐阅读)/iu;

/** A fare of the past, told to praise the present one. */
const PAST =
  /\b(?:last (?:year|month|week|time|summer|winter|spring|autumn|fall)|previously|(?:we|have|i) (?:saw|seen|had)|used to|compared|normally|usually)\b/i;

/**
 * What else a mail offers whose title makes an offer by itself: rows of the body that name another route, city to city, and
 * its fare. A row with the title's fare, or between the title's ends in either direction, speaks of the title's offer.
 */
export function furtherOffers(document: Document, head: LineReading, lines: readonly BodyLine[]): Placed[] {
  const end = lines.findIndex((line) => ELSEWHERE.test(line.text) && line.fares.length === 0 && line.text.length < 60);
  const own = (end < 0 ? lines : lines.slice(0, end)).filter((line) => line.text.length < 140 && !PAST.test(line.text));
  return ownRows(document, own).filter(({ offer }) => {
    const { origins, destinations } = offer.route;
    return (
      [...origins, ...destinations].every((place) => !isVague(place)) &&
      head.offers.every(
        (titled) =>
          titled.price.major !== offer.price.major &&
          !(endsMeet(titled.route.origins, origins) && endsMeet(titled.route.destinations, destinations)) &&
          !(endsMeet(titled.route.origins, destinations) && endsMeet(titled.route.destinations, origins)),
      )
    );
  });
}

/** An offer's own words end where the next line speaks of a route or a fare, after three lines at most. */
function endOfOffer(lines: readonly BodyLine[], at: number, length: number): number {
  const next = lines.slice(at + 1, at + 4).find((line) => line.fares.length > 0 || line.reading.routes.length > 0);
  return next?.start ?? lines[at + 4]?.start ?? length;
}

/** Running prose of a body needs a word of flying in the line or the one above; a short row (a table, a list) does not. */
const lineFlies = (line: BodyLine, above: BodyLine | undefined): boolean =>
  line.text.length < 120 ||
  speaksOfFlying(line.text) ||
  (above !== undefined && speaksOfFlying(above.text)) ||
  line.airlines.length > 0;

/** A newsletter whose subject or heading names the origin ("Deals from London") and whose rows name a place and a fare. */
function underOrigin(document: Document, head: LineReading, lines: readonly BodyLine[]): Placed[] {
  const { title, body } = document;
  let origin = head.reading.loneOrigins[0]
    ? { group: head.reading.loneOrigins[0], source: title, start: 0 }
    : undefined;
  const placed: Placed[] = [];
  for (const line of lines) {
    const heading = line.reading.loneOrigins[0];
    if (heading && line.fares.length === 0 && line.text.length < 100)
      origin = { group: heading, source: body, start: line.start };
    const fare = line.fares[0];
    const groups = [...line.reading.loneDestinations, ...line.reading.free];
    const destination = groups.length === 1 ? groups[0] : undefined;
    if (!origin || !fare || !destination || line.text.length > 140 || lineIsStay(line.text) || refuseTitle(line.text))
      continue;
    const route = {
      origins: origin.group.endpoints,
      destinations: destination.endpoints,
      start: 0,
      end: 0,
      legs: false,
    };
    placed.push({
      offer: { route, price: fare },
      source: body,
      priceLine: line.start,
      routeLine: line.start,
      originSource: origin.source,
      originLine: origin.start,
      passages: [{ source: body, start: line.start, end: line.start + line.text.length }, whole(title)],
      confidence: 0.6,
    });
  }
  return placed;
}
