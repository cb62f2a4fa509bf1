import { isAlert, readAlert, saysRaised } from './alerts.js';
import { buildDeal, type DocumentContext, type Passage, type Placed } from './build-deal.js';
import { findNonstop, findTripType } from './fare-terms.js';
import { currenciesIn } from './currency-context.js';
import type { Endpoint } from './endpoints.js';
import { endsMeet, readLine, type LineReading, type Offer } from './line.js';
import {
  bodySaysExpired,
  lineIsStay,
  refuseTitle,
  speaksOfFlying,
  alertOfRise,
  isBooking,
  isWatched,
  saysRise,
} from './negatives.js';
import { linesOf, type Line } from './normalise.js';
import type { Source } from './sources.js';
import type { ParsedDeal } from './types.js';

const MAX_DEALS = 200;

interface BodyLine extends LineReading {
  start: number;
}

/** A title and a body as the rules read them. */
export interface Document {
  title: Source;
  body: Source;
  language: string;
  reference: Date | undefined;
}

/** The deals of a document by rules: an alert's blocks, or what the title offers, or what title and body say together, or the body's lines. */
export function assemble(document: Document): ParsedDeal[] {
  const { title, body, language } = document;
  const context: DocumentContext = {
    language,
    named: currenciesIn(`${title.text}\n${body.text.slice(0, 8000)}`),
    reference: document.reference,
  };
  if (isAlert(title.text, body.text)) {
    const alerted = build(alertOffers(document), context);
    if (alerted.length > 0 || saysRaised(body.text)) return alerted;
  }
  const head = readLine(title.text, language);
  if (refused(title.text, head) || bodySaysExpired(body.text)) return [];
  if (isBooking(title.text, body.text) || alertOfRise(title.text, body.text)) return [];
  const lines = linesOf(body.text).map((line): BodyLine => ({ ...readLine(line.text, language), start: line.start }));
  const flying =
    speaksOfFlying(`${title.text}\n${body.text.slice(0, 6000)}`) ||
    head.airlines.length > 0 ||
    lines.slice(0, 40).some((line) => line.airlines.length > 0) ||
    listsRoutes(lines);
  if (head.offers.length > 0)
    return build(withVariants(document, fromTitle(document, head, lines, flying), lines), context);
  const joined = fromBoth(document, head, lines);
  if (joined.length > 0) return flying ? build(joined, context) : [];
  const listed = flying ? build(fromBody(document, head, lines), context) : [];
  // "10 € off": what the code may be used for is no offer, a list of fares is.
  const discount =
    !isWatched(title.text) && (/\d\s?%/.test(title.text) || head.prices.some((price) => price.role === 'discount'));
  return discount && listed.length < 2 ? [] : listed;
}

/** A short text whose line, or a list of which two lines, name two cities and a fare need not say that one flies there. */
function listsRoutes(lines: readonly BodyLine[]): boolean {
  const rows = lines.filter(
    (line) =>
      line.text.length < 90 &&
      line.offers.some((offer) =>
        [...offer.route.origins, ...offer.route.destinations].every((end) => !isVague(end) && !end.weak),
      ),
  );
  return rows.length >= 2 || (rows.length === 1 && lines.length <= 3);
}

/** A title that names a code to be entered but also a whole route and its fare is still a fare. */
function refused(title: string, head: LineReading): boolean {
  const refusal = refuseTitle(title);
  return refusal !== undefined && !((refusal === 'voucher' || refusal === 'news') && head.offers.length > 0);
}

function build(placed: Placed[], context: DocumentContext): ParsedDeal[] {
  const deals = new Map<string, ParsedDeal>();
  for (const one of placed.slice(0, MAX_DEALS * 2)) {
    const deal = buildDeal(one, context);
    if (!deal || deal.destinations.length === 0) continue;
    const ends = [deal.origins, deal.destinations].map((side) =>
      side
        .map((end) => end.place?.code ?? end.text.toLowerCase())
        .sort()
        .join(','),
    );
    const key = `${ends.join('>')}|${deal.price.amount}${deal.price.currency}|${deal.cabin}`;
    if (!deals.has(key) && deals.size < MAX_DEALS) deals.set(key, deal);
  }
  return [...deals.values()];
}

const whole = (source: Source): Passage => ({ source, start: 0, end: source.text.length });

function alertOffers(document: Document): Placed[] {
  const { title, body, language } = document;
  return readAlert(title.text, body.text, language).map(({ offer, priceLine, routeLine, row, context }): Placed => {
    const passage = (line: Line): Passage => ({ source: body, start: line.start, end: line.start + line.text.length });
    return {
      offer,
      source: body,
      priceLine,
      routeLine: Math.max(0, routeLine),
      ...(routeLine < 0 ? { routeSource: title } : {}),
      passages: [...(row ? [passage({ text: row.text, start: row.start })] : []), ...context.map(passage)],
      confidence: 0.9,
    };
  });
}

/** The title makes the offer; the body tells the rest, and may name the place that the title only circles ("West Coast Mexico"). */
function fromTitle(document: Document, head: LineReading, lines: readonly BodyLine[], flying: boolean): Placed[] {
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
function withVariants(document: Document, placed: Placed[], lines: readonly BodyLine[]): Placed[] {
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

const isVague = (end: Endpoint): boolean =>
  end.group || end.place.place?.kind === 'country' || end.place.place?.kind === 'region';

/** A line of the body that says for the same fare which place of the title's country or region is meant. */
function moreSpecific(
  offer: Offer,
  lines: readonly BodyLine[],
): { offer: Offer; line: BodyLine; ownOrigins: boolean } | undefined {
  const { origins, destinations } = offer.route;
  if (!destinations.every((end) => isVague(end))) return undefined;
  const names = (ends: readonly Endpoint[]): boolean =>
    ends.length > 0 && ends.every((end) => !isVague(end)) && endsMeet(ends, destinations);
  for (const [i, line] of lines.slice(0, 12).entries()) {
    const same = line.fares.some((fare) => fare.major === offer.price.major);
    if (!same && !(i < 3 && line.prices.length === 0 && speaksOfFlying(line.text))) continue;
    const found = line.offers.find(
      (other) =>
        other.price.major === offer.price.major &&
        endsMeet(other.route.origins, origins) &&
        names(other.route.destinations),
    );
    if (found) return { offer: found, line, ownOrigins: false };
    const there = line.reading.routes.find((other) => endsMeet(other.origins, origins) && names(other.destinations));
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

/** The title has a route, or a fare, or half a route; the body has what is missing. */
function fromBoth(document: Document, head: LineReading, lines: readonly BodyLine[]): Placed[] {
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

/** No offer in the title: every line of the body may make one, alone or with the heading above it. */
function fromBody(document: Document, head: LineReading, lines: readonly BodyLine[]): Placed[] {
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
    if (refuseTitle(line.text) !== undefined || lineIsStay(line.text)) continue;
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
  return placed.length > 0 ? placed : underOrigin(document, head, lines);
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
