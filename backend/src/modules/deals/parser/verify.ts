import { z } from 'zod';
import { fold, foldWithOffsets, places, type Folded, type Place, type PlaceMention } from '#platform/places/index.js';
import { findAirlines } from './airlines.js';
import { currenciesIn, settleCurrency } from './currency-context.js';
import { currencyCode, toMinor } from './currencies.js';
import { findTravelWindow } from './dates.js';
import { findCabin, findNonstop, findTripType } from './fare-terms.js';
import { guessLanguage } from './language.js';
import { clip, readableHtml } from './normalise.js';
import { findPrices, type PriceMention } from './prices.js';
import { quote, type Source } from './sources.js';
import type { Evidence, ParsedDeal, ParsedPlace, ParserInput } from './types.js';

const text = z.string().max(200);

/** What a language model is asked for, and what is believed of it only as far as the text says the same. Prices in major units. */
export const candidateDeals = z.object({
  deals: z
    .array(
      z.object({
        origins: z.array(text).max(20),
        destinations: z.array(text).max(20),
        price: z.number(),
        currency: text,
        tripType: z.enum(['roundtrip', 'oneway']).nullish(),
        cabin: z.enum(['economy', 'premium_economy', 'business', 'first']).nullish(),
        nonstop: z.boolean().nullish(),
        airlines: z.array(text).max(20).nullish(),
      }),
    )
    .max(50),
});

type Candidate = z.infer<typeof candidateDeals>['deals'][number];

/**
 * The deals of a model's answer that the text bears out: every place and the price must stand in the text (a place may be
 * named in another language than the text's), the currency must be what the text's sign can mean, and trip type, cabin,
 * stops and airlines are kept only where the text has the words. Anything else is dropped; a malformed answer gives none.
 */
export function groundedDeals(candidates: unknown, input: ParserInput): ParsedDeal[] {
  const parsed = candidateDeals.safeParse(candidates);
  if (!parsed.success) return [];
  const clipped = clip(input);
  const readable = clipped.html === '' ? '' : readableHtml(clipped.html);
  const sources: Source[] = [
    { name: 'subject', text: clipped.subject },
    { name: 'text', text: clipped.text },
    { name: 'html', text: readable },
  ];
  const language = input.language?.slice(0, 2) ?? guessLanguage(`${clipped.subject}\n${clipped.text}\n${readable}`);
  const read = sources.map((source): ReadSource => ({
    source,
    folded: foldWithOffsets(source.text),
    mentions: places.scan(source.text, { slavic: language === 'cs' || language === 'pl' }),
    prices: findPrices(source.text),
  }));
  return parsed.data.deals.flatMap((candidate) => ground(candidate, read, language, input.receivedAt) ?? []);
}

interface ReadSource {
  source: Source;
  folded: Folded;
  mentions: PlaceMention[];
  prices: PriceMention[];
}

interface Grounded {
  place: ParsedPlace;
  evidence: Evidence;
}

function ground(
  candidate: Candidate,
  read: readonly ReadSource[],
  language: string,
  reference: Date | undefined,
): ParsedDeal | undefined {
  const origins = candidate.origins.map((name) => groundPlace(name, read));
  const destinations = candidate.destinations.map((name) => groundPlace(name, read));
  const [origin, destination] = [origins[0], destinations[0]];
  if (!allThere(origins) || !allThere(destinations) || !origin || !destination) return undefined;
  const money = groundPrice(
    candidate,
    read,
    origins.map((end) => end.place.place),
    language,
  );
  if (!money) return undefined;
  const whole = read.map(({ source }) => source.text).join('\n');
  const same = <T>(claimed: T | null | undefined, said: T | undefined): T | null =>
    said !== undefined && claimed === said ? said : null;
  const named = new Map(findAirlines(whole).map((mention) => [fold(mention.name), mention.name]));
  const airlines = (candidate.airlines ?? []).flatMap(
    (name) => named.get(fold(name)) ?? findAirlines(name).flatMap((mention) => named.get(fold(mention.name)) ?? []),
  );
  return {
    origins: origins.map((end) => end.place),
    destinations: destinations.map((end) => end.place),
    price: { amount: toMinor(candidate.price, money.currency), currency: money.currency },
    tripType: same(candidate.tripType, findTripType(whole)?.value),
    airlines: [...new Set(airlines)],
    travelWindow: findTravelWindow(whole, reference, 0)?.value ?? null,
    cabin: same(candidate.cabin, findCabin(whole)?.value),
    nonstop: same(candidate.nonstop, findNonstop(whole)?.value),
    bookBy: null,
    link: null,
    kind: 'fare',
    confidence: 0.6,
    evidence: { origins: origin.evidence, destinations: destination.evidence, price: money.evidence },
    method: 'model',
  };
}

const allThere = (ends: readonly (Grounded | undefined)[]): ends is Grounded[] =>
  ends.length > 0 && ends.every((end) => end !== undefined);

/** The place as the text has it: the very words, or the text's own name for the same place. */
function groundPlace(name: string, read: readonly ReadSource[]): Grounded | undefined {
  const wanted = fold(name).trim();
  if (wanted.length < 2) return undefined;
  const resolved = places.resolve(name) ?? places.scan(name)[0]?.place;
  for (const { source, mentions } of read) {
    const mention =
      resolved && mentions.find((candidate) => candidate.candidates.some((place) => samePlace(place, resolved)));
    if (!mention) continue;
    const place = mention.candidates.find((candidate) => samePlace(candidate, resolved)) ?? resolved;
    const words = source.text.slice(mention.start, mention.end);
    return { place: { text: words, place }, evidence: quote(source, mention.start, mention.end) };
  }
  for (const { source, folded } of read) {
    const at = wholeWords(folded.text, wanted);
    if (at < 0) continue;
    const start = folded.at[at] ?? 0;
    const end = folded.at[at + wanted.length] ?? source.text.length;
    return {
      place: { text: source.text.slice(start, end), ...(resolved ? { place: resolved } : {}) },
      evidence: quote(source, start, end),
    };
  }
  return undefined;
}

/** One is the other, or one is the other's city. */
function samePlace(a: Place, b: Place): boolean {
  const city = (place: Place): string | undefined => place.keys.find((key) => key.startsWith('city:'));
  return a === b || (city(a) !== undefined && city(a) === city(b));
}

function wholeWords(haystack: string, needle: string): number {
  const letter = /[\p{L}\d]/u;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    if (!letter.test(haystack[at - 1] ?? ' ') && !letter.test(haystack[at + needle.length] ?? ' ')) return at;
  }
  return -1;
}

function groundPrice(
  candidate: Candidate,
  read: readonly ReadSource[],
  origins: (Place | undefined)[],
  language: string,
): { currency: string; evidence: Evidence } | undefined {
  const claimed = currencyCode(candidate.currency.trim());
  if (claimed === undefined || !(candidate.price > 0)) return undefined;
  const named = currenciesIn(read.map(({ source }) => source.text.slice(0, 8000)).join('\n'));
  for (const { source, prices } of read) {
    for (const price of prices) {
      if (price.role !== 'fare' || Math.abs(price.major - candidate.price) > 0.005) continue;
      if (settleCurrency(price.currency, { named, origins, language }) !== claimed) continue;
      return { currency: claimed, evidence: quote(source, price.start, price.end) };
    }
  }
  return undefined;
}
