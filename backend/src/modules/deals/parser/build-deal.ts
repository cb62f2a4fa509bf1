import { findAirlines } from './airlines.js';
import { findBookBy, findTravelWindow } from './dates.js';
import { findCabin, findKind, findNonstop, findTripType, type Found } from './fare-terms.js';
import { settleCurrency } from './currency-context.js';
import { toMinor } from './currencies.js';
import { settlePlace } from './disambiguate.js';
import type { Endpoint } from './endpoints.js';
import type { Offer } from './line.js';
import { quote, type Source } from './sources.js';
import type { DealField, Evidence, ParsedDeal, ParsedPlace } from './types.js';

/** A part of a source that speaks of the deal. */
export interface Passage {
  source: Source;
  start: number;
  end: number;
}

/** Where an offer stands, and the passages that say the rest, nearest first. */
export interface Placed {
  offer: Offer;
  source: Source;
  /** Offsets of the lines that hold the price and the route, in the source. */
  priceLine: number;
  routeLine: number;
  /** The source of the route, where it is another than the price's. */
  routeSource?: Source;
  /** Where the origins stand, if elsewhere than the destinations. */
  originSource?: Source;
  originLine?: number;
  passages: Passage[];
  confidence: number;
}

/** What holds for a whole document. */
export interface DocumentContext {
  language: string;
  named: Set<string>;
  reference: Date | undefined;
}

/** A bare sign is believed to be a currency up to this much a ticket; more is a budget, a prize or a loan. */
const MOST: Record<string, number> = {
  JPY: 3e6,
  KRW: 3e7,
  IDR: 3e8,
  VND: 6e8,
  CLP: 1e7,
  COP: 4e7,
  HUF: 6e6,
  ISK: 3e6,
  INR: 2e6,
  ARS: 3e7,
  RUB: 2e6,
  LKR: 5e6,
  PKR: 3e6,
  CRC: 1e7,
  PHP: 1e6,
  THB: 7e5,
  CZK: 4e5,
  TWD: 6e5,
};

/** Makes a deal of an offer; undefined where its price cannot be a fare. */
export function buildDeal(placed: Placed, context: DocumentContext): ParsedDeal | undefined {
  const { offer, source, passages } = placed;
  const { route, price } = offer;
  const currency = settleCurrency(price.currency, {
    named: context.named,
    origins: (route.reversed === true ? route.destinations : route.origins).map((end) => end.place.place),
    language: context.language,
  });
  const amount = toMinor(price.major, currency);
  if (!Number.isSafeInteger(amount) || amount <= 0 || price.major > (MOST[currency] ?? 40_000)) return undefined;
  const evidence: Partial<Record<DealField, Evidence>> = {};
  const routeSource = placed.routeSource ?? source;
  evidence.origins = spanOf(placed.originSource ?? routeSource, placed.originLine ?? placed.routeLine, route.origins);
  evidence.destinations = spanOf(routeSource, placed.routeLine, route.destinations);
  evidence.price = quote(source, placed.priceLine + price.start, placed.priceLine + price.end);
  const read = <T>(field: DealField, find: (text: string) => Found<T> | undefined): T | null => {
    for (const passage of passages) {
      const found = find(passage.source.text.slice(passage.start, passage.end));
      if (!found) continue;
      evidence[field] = quote(passage.source, passage.start + found.start, passage.start + found.end);
      return found.value;
    }
    return null;
  };
  const origins = route.origins.map((end) => settlePlace(end, 'origin', currency, route.destinations));
  const destinations = route.destinations.map((end) => settlePlace(end, 'destination', currency, route.origins));
  if (withinOneCity(origins, destinations)) return undefined;
  const kind = read('kind', findKind) ?? (route.legs ? 'multi-city' : 'fare');
  return {
    origins,
    destinations,
    price: { amount, currency },
    tripType: read('tripType', findTripType),
    airlines: read('airlines', airlinesOf) ?? [],
    travelWindow: read('travelWindow', (text) =>
      findTravelWindow(text, context.reference, text.length < 320 ? text.length : 0),
    ),
    cabin: read('cabin', findCabin),
    nonstop: read('nonstop', findNonstop),
    bookBy: read('bookBy', (text) => findBookBy(text, context.reference)),
    link: read('link', findLink),
    kind,
    confidence: placed.confidence,
    evidence,
    method: 'rules',
  };
}

/** Whether a route stays within one city ("Heathrow to central London"): a transfer, not a flight. */
function withinOneCity(origins: readonly ParsedPlace[], destinations: readonly ParsedPlace[]): boolean {
  const cityOf = (end: ParsedPlace): string | undefined => end.place?.keys.find((key) => key.startsWith('city:'));
  const from = new Set(origins.map(cityOf));
  return destinations.every((end) => cityOf(end) !== undefined && from.has(cityOf(end)));
}

function spanOf(source: Source, offset: number, ends: readonly Endpoint[]): Evidence {
  const start = Math.min(...ends.map((end) => end.start));
  const stop = Math.max(...ends.map((end) => end.end));
  return quote(source, offset + start, offset + stop);
}

/** The airlines named first, up to the end of the sentence or title that names them. */
function airlinesOf(text: string): Found<string[]> | undefined {
  const all = findAirlines(text.slice(0, 4000));
  const head = all[0];
  if (!head) return undefined;
  const stop = /[.!?]\s|\n/.exec(text.slice(head.end, head.end + 400));
  const sentence = head.end + (stop?.index ?? 400);
  const near = all.filter((mention) => mention.start < sentence);
  return {
    value: [...new Set(near.map((mention) => mention.name))].slice(0, 8),
    start: head.start,
    end: near.at(-1)?.end ?? head.end,
  };
}

function findLink(text: string): Found<string> | undefined {
  const match = /https?:\/\/[^\s<>"'()\]]{4,500}/i.exec(text);
  return match
    ? {
        value: match[0].replace(/[.,;:!?]+$/, ''),
        start: match.index,
        end: match.index + match[0].replace(/[.,;:!?]+$/, '').length,
      }
    : undefined;
}
