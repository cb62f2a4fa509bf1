import { createHash } from 'node:crypto';
import { fold, isCurrency, minorDigits, words } from '#contract/filter/index.js';
import type { Evidence, ParsedDeal, ParsedPlace } from '../parser/index.js';
import { clipped, storableJson } from '../messages/storable.js';

/** A place as deals keep it: as written, and what it is where the gazetteer knows it. */
export interface DealPlace {
  text: string;
  key: string | null;
  name: string | null;
}

/** Where each field was read, for people who want to see. */
export type DealEvidence = Record<string, Evidence>;

/** A deal as one message offers it, in the columns of table `deal`. Days are `YYYY-MM-DD`; `travelTo` is exclusive. */
export interface DealDraft {
  title: string;
  titleFolded: string;
  words: string[];
  origins: DealPlace[];
  destinations: DealPlace[];
  originKeys: string[];
  destinationKeys: string[];
  priceMinor: number;
  currency: string;
  airlines: string[];
  airlinesFolded: string[];
  cabin: string | null;
  tripType: string | null;
  nonstop: boolean | null;
  travelFrom: string | null;
  travelTo: string | null;
  bookBy: string | null;
  link: string | null;
  kind: string | null;
  confidence: number;
  evidence: DealEvidence;
  /** What makes it the same deal in another message: route, trip, cabin, window and price. */
  fingerprint: Buffer;
  /** The same without the price: what a price may change of. */
  offer: Buffer;
}

const MAX_PLACES = 40;
/** One hundred billion in minor units: nothing that flies costs more. */
const MAX_PRICE = 1e13;

/** What the parser found as a draft, or undefined when it cannot be kept: no known currency, or a price out of bounds. */
export function draftOf(parsed: ParsedDeal, subject: string): DealDraft | undefined {
  const { amount, currency } = parsed.price;
  if (!isCurrency(currency) || !Number.isSafeInteger(amount) || amount < 0 || amount > MAX_PRICE) return undefined;
  if (parsed.origins.length + parsed.destinations.length === 0) return undefined;
  const [origins, destinations] = [parsed.origins, parsed.destinations].map((list) =>
    list.slice(0, MAX_PLACES).map(placeOf),
  ) as [DealPlace[], DealPlace[]];
  const airlines = parsed.airlines.slice(0, 20).map((name) => clipped(name, 100));
  const window = parsed.travelWindow;
  const base = {
    origins,
    destinations,
    originKeys: keysOf(parsed.origins),
    destinationKeys: keysOf(parsed.destinations),
    priceMinor: amount,
    currency,
    airlines,
    airlinesFolded: [...new Set(airlines.map(fold))],
    cabin: parsed.cabin === 'premium_economy' ? 'premium' : parsed.cabin,
    tripType: parsed.tripType,
    nonstop: parsed.nonstop,
    travelFrom: window && monthStart(window.from, 0),
    travelTo: window && monthStart(window.to, 1),
    bookBy:
      parsed.bookBy && /^\d{4}-\d\d-\d\d$/.test(parsed.bookBy) && Number.isFinite(Date.parse(parsed.bookBy))
        ? parsed.bookBy
        : null,
    link: linkOf(parsed.link),
    kind: clipped(parsed.kind, 40),
    // As the real column holds it, so that row and event agree.
    confidence: Math.fround(Math.max(0, Math.min(1, parsed.confidence))),
    evidence: evidenceOf(parsed),
  };
  const title = titleOf(base);
  const names = [...parsed.origins, ...parsed.destinations].flatMap(({ text, place }) => [
    text,
    place?.name ?? '',
    place?.code ?? '',
  ]);
  return {
    ...base,
    title,
    titleFolded: fold(title),
    words: words([title, clipped(subject, 1000), ...names, ...airlines].join(' ')).slice(0, 300),
    ...identityOf(base),
  };
}

/** Drafts of one message without repeats: of two with one identity the surer one stays. Ordered by identity. */
export function distinctDrafts(drafts: readonly DealDraft[]): DealDraft[] {
  const kept = new Map<string, DealDraft>();
  for (const draft of drafts) {
    const key = draft.fingerprint.toString('hex');
    const other = kept.get(key);
    if (!other || draft.confidence > other.confidence) kept.set(key, draft);
  }
  return [...kept.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, draft]) => draft);
}

type Identity = Pick<
  DealDraft,
  'origins' | 'destinations' | 'tripType' | 'cabin' | 'currency' | 'priceMinor' | 'travelFrom' | 'travelTo'
>;

function identityOf(deal: Identity): Pick<DealDraft, 'fingerprint' | 'offer'> {
  const places = (list: DealPlace[]) => [...new Set(list.map((p) => p.key ?? `text:${fold(p.text)}`))].sort();
  const parts = [
    places(deal.origins),
    places(deal.destinations),
    deal.tripType,
    deal.cabin,
    deal.currency,
    deal.travelFrom,
    deal.travelTo,
  ];
  const hash = (value: unknown) => createHash('sha256').update(JSON.stringify(value), 'utf8').digest();
  return { offer: hash(parts), fingerprint: hash([...parts, deal.priceMinor]) };
}

function placeOf({ text, place }: ParsedPlace): DealPlace {
  return { text: clipped(text, 200), key: place ? `${place.kind}:${place.code}` : null, name: place?.name ?? null };
}

function keysOf(places: readonly ParsedPlace[]): string[] {
  return [...new Set(places.slice(0, MAX_PLACES).flatMap(({ place }) => place?.keys ?? []))];
}

function monthStart(month: string, later: number): string | null {
  const [, year, number] = /^(\d{4})-(\d\d)$/.exec(month) ?? [];
  if (!year || !number) return null;
  return new Date(Date.UTC(Number(year), Number(number) - 1 + later, 1)).toISOString().slice(0, 10);
}

function linkOf(link: string | null): string | null {
  if (link === null || link.length > 2000 || !URL.canParse(link)) return null;
  return /^https?:$/.test(new URL(link).protocol) ? clipped(link, 2000) : null;
}

function evidenceOf(parsed: ParsedDeal): DealEvidence {
  const entries = Object.entries(parsed.evidence).filter(
    (entry): entry is [string, Evidence] => entry[1] !== undefined,
  );
  return storableJson(
    Object.fromEntries(entries.map(([field, span]) => [field, { ...span, quote: span.quote.slice(0, 300) }])),
  );
}

/** "New York to Lisbon, $321 round trip". */
function titleOf(deal: Omit<DealDraft, 'title' | 'titleFolded' | 'words' | 'fingerprint' | 'offer'>): string {
  const list = (places: DealPlace[]) => {
    const names = [...new Set(places.map((p) => p.name ?? p.text))];
    return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  };
  const route = [list(deal.origins), list(deal.destinations)].filter(Boolean).join(' to ');
  const trip = deal.tripType === 'roundtrip' ? ' round trip' : deal.tripType === 'oneway' ? ' one way' : '';
  const cabin = deal.cabin && deal.cabin !== 'economy' ? ` in ${deal.cabin}` : '';
  return clipped(`${route}, ${priceText(deal.priceMinor, deal.currency)}${trip}${cabin}`, 500);
}

/** An amount in minor units as people write it: "$321", "€99.50". */
export function priceText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const major = minor / 10 ** digits;
  const fraction = Number.isInteger(major) ? 0 : digits;
  const format = {
    style: 'currency',
    currency,
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
  } as const;
  return new Intl.NumberFormat('en', format).format(major);
}
