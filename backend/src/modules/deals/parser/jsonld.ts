import { places, type Place } from '#platform/places/index.js';
import { currencyCode, toMinor } from './currencies.js';
import { amountOf } from './prices.js';
import type { Cabin, Evidence, ParsedDeal, ParsedPlace } from './types.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Thing = { [key: string]: Json };

const MAX_THINGS = 2000;

/** The deals of JSON-LD scripts: schema.org `Offer`s of a `Flight` or `Trip`, and such with `offers`. Broken JSON gives none. */
export function dealsFromJsonLd(scripts: readonly string[]): ParsedDeal[] {
  return scripts.flatMap((script) => {
    const root = parse(script);
    return root === undefined ? [] : thingsIn(root).flatMap((thing) => dealOf(thing, script) ?? []);
  });
}

function parse(script: string): Json | undefined {
  try {
    return JSON.parse(script.replace(/^\s*<!\[CDATA\[|\]\]>\s*$/g, '')) as Json;
  } catch (error) {
    // What is not JSON is no JSON-LD; the rules still read the mail's text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** All objects in a JSON value, breadth first, without recursion. */
function thingsIn(root: Json): Thing[] {
  const things: Thing[] = [];
  const queue: Json[] = [root];
  for (let i = 0; i < queue.length && i < MAX_THINGS; i++) {
    const value = queue[i];
    if (Array.isArray(value)) queue.push(...value.slice(0, MAX_THINGS));
    else if (value !== null && typeof value === 'object') {
      things.push(value);
      queue.push(...Object.values(value));
    }
  }
  return things;
}

const isThing = (value: Json | undefined): value is Thing =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const one = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value[0] : value);
const thing = (value: Json | undefined): Thing | undefined => {
  const first = one(value);
  return isThing(first) ? first : undefined;
};
const words = (value: Json | undefined): string | undefined => {
  const first = one(value);
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : undefined;
};
const hasType = (value: Thing | undefined, ...types: string[]): boolean => {
  const own = value?.['@type'];
  return (Array.isArray(own) ? own : [own]).some(
    (type) => typeof type === 'string' && types.includes(type.replace(/^https?:\/\/schema\.org\//, '')),
  );
};

function dealOf(candidate: Thing, script: string): ParsedDeal | undefined {
  const { journey, offer } = journeyAndOffer(candidate);
  if (!journey || !offer) return undefined;
  const specification = thing(offer.priceSpecification);
  const rawPrice = one(
    offer.price ?? offer.lowPrice ?? offer.totalPrice ?? specification?.price ?? specification?.minPrice,
  );
  const major =
    typeof rawPrice === 'number' ? rawPrice : typeof rawPrice === 'string' ? amountOf(rawPrice.trim()) : undefined;
  const currency = currencyCode(words(offer.priceCurrency ?? specification?.priceCurrency) ?? '');
  const ends = endsOf(journey);
  if (major === undefined || !(major > 0) || major > 1e7 || currency === undefined || !ends) return undefined;
  const evidence = (quote: string): Evidence | undefined => {
    const start = script.indexOf(quote);
    return start < 0 ? undefined : { source: 'jsonld', start, end: start + quote.length, quote };
  };
  const airline = words(thing(journey.airline ?? journey.provider ?? journey.carrier ?? offer.seller)?.name);
  const departure = words(journey.departureTime)?.slice(0, 10) ?? '';
  const back = words(journey.returnTime)?.slice(0, 7);
  const month = /^\d{4}-\d{2}/.exec(departure)?.[0];
  const bookBy = /^\d{4}-\d{2}-\d{2}/.exec(words(offer.validThrough ?? offer.priceValidUntil) ?? '')?.[0] ?? null;
  const quotes = {
    origins: evidence(ends.origin.text),
    destinations: evidence(ends.destination.text),
    price: evidence(String(rawPrice)),
    ...(airline ? { airlines: evidence(airline) } : {}),
    ...(bookBy ? { bookBy: evidence(bookBy) } : {}),
    ...(month ? { travelWindow: evidence(departure) } : {}),
  };
  return {
    origins: [ends.origin],
    destinations: [ends.destination],
    price: { amount: toMinor(major, currency), currency },
    tripType: back ? 'roundtrip' : null,
    airlines: airline ? [airline] : [],
    travelWindow: month ? { from: month, to: back !== undefined && back > month ? back : month } : null,
    cabin: cabinOf(words(journey.cabinClass ?? journey.seatingType ?? offer.category)),
    nonstop: null,
    bookBy,
    link: words(offer.url ?? journey.url ?? candidate.url) ?? null,
    kind: 'fare',
    confidence: 0.95,
    evidence: Object.fromEntries(Object.entries(quotes).filter(([, quote]) => quote !== undefined)),
    method: 'jsonld',
  };
}

/**
 * A journey and what it costs: an offer of a journey, a journey with offers, or a reservation without a number (one with a
 * number is a booking that somebody has made, not a deal).
 */
function journeyAndOffer(candidate: Thing): { journey?: Thing; offer?: Thing } {
  const journeys = ['Flight', 'Trip', 'BusOrFlightTrip', 'TouristTrip', 'Product'];
  if (hasType(candidate, 'Offer', 'AggregateOffer')) {
    const item = thing(candidate.itemOffered);
    return item && hasType(item, ...journeys) ? { journey: item, offer: candidate } : {};
  }
  if (hasType(candidate, 'Flight', 'Trip')) {
    const offer = thing(candidate.offers);
    return offer && !offer.itemOffered ? { journey: candidate, offer } : {};
  }
  if (hasType(candidate, 'FlightReservation') && !words(candidate.reservationNumber ?? candidate.reservationId)) {
    const journey = thing(candidate.reservationFor);
    return journey ? { journey, offer: candidate } : {};
  }
  return {};
}

function endsOf(journey: Thing): { origin: ParsedPlace; destination: ParsedPlace } | undefined {
  const itinerary = Array.isArray(journey.itinerary) ? journey.itinerary : [];
  const origin = placeOf(
    thing(journey.departureAirport ?? journey.tripOrigin ?? journey.fromLocation ?? journey.departureStation) ??
      itinerary[0],
  );
  const destination = placeOf(
    thing(journey.arrivalAirport ?? journey.tripDestination ?? journey.toLocation ?? journey.arrivalStation) ??
      itinerary.at(-1),
  );
  return origin && destination && origin.text !== destination.text ? { origin, destination } : undefined;
}

function placeOf(value: Json | undefined): ParsedPlace | undefined {
  if (typeof value === 'string') return placeNamed(value, undefined);
  if (!isThing(value)) return undefined;
  const code = words(value.iataCode);
  const name = words(value.name) ?? words(thing(value.address)?.addressLocality);
  return code !== undefined || name !== undefined ? placeNamed(name ?? code ?? '', code) : undefined;
}

function placeNamed(text: string, code: string | undefined): ParsedPlace {
  const clipped = text.slice(0, 120);
  const byCode =
    code !== undefined && /^[A-Za-z]{3}$/.test(code)
      ? (places.byKey(`airport:${code.toUpperCase()}`) ?? places.byCode(code))
      : undefined;
  const place: Place | undefined = byCode ?? places.find(clipped)[0] ?? places.scan(clipped)[0]?.place;
  return { text: clipped, ...(place ? { place } : {}) };
}

function cabinOf(text: string | undefined): Cabin | null {
  const folded = (text ?? '').toLowerCase();
  if (folded.includes('premium')) return 'premium_economy';
  if (folded.includes('business')) return 'business';
  if (folded.includes('first')) return 'first';
  return folded.includes('economy') ? 'economy' : null;
}
