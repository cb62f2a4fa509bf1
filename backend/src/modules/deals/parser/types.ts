import type { Place } from '#platform/places/index.js';

/** What a mail, a feed item or a pasted text gives the parser. */
export interface ParserInput {
  subject: string;
  text: string;
  html?: string | null;
  receivedAt?: Date;
  /** BCP 47 language, where the sender said it; guessed from the text otherwise. */
  language?: string;
}

/** A place as written, and what it is, where the gazetteer knows it. */
export interface ParsedPlace {
  text: string;
  place?: Place;
}

export type TripType = 'roundtrip' | 'oneway';
export type Cabin = 'economy' | 'premium_economy' | 'business' | 'first';
export type DealKind = 'fare' | 'mistake-fare' | 'open-jaw' | 'multi-city';
export type EvidenceSource = 'subject' | 'text' | 'html' | 'jsonld';

/**
 * The words a field was read from. `start` and `end` are UTF-16 offsets (end exclusive) into the subject, into the text, for
 * `html` into `readableHtml(html)`, and for `jsonld` into the content of the JSON-LD script.
 */
export interface Evidence {
  source: EvidenceSource;
  start: number;
  end: number;
  quote: string;
}

export type DealField =
  | 'origins'
  | 'destinations'
  | 'price'
  | 'tripType'
  | 'airlines'
  | 'travelWindow'
  | 'cabin'
  | 'nonstop'
  | 'bookBy'
  | 'link'
  | 'kind';

/** A flight deal: a route and a fare, and whatever else the text says. */
export interface ParsedDeal {
  origins: ParsedPlace[];
  destinations: ParsedPlace[];
  /** `amount` is in the currency's minor units (ISO 4217): 34900 for £349, 1299 for ¥1,299 in JPY. */
  price: { amount: number; currency: string };
  tripType: TripType | null;
  airlines: string[];
  /** Months of travel, `YYYY-MM`, inclusive. */
  travelWindow: { from: string; to: string } | null;
  cabin: Cabin | null;
  nonstop: boolean | null;
  /** Last day of booking, `YYYY-MM-DD`. */
  bookBy: string | null;
  link: string | null;
  kind: DealKind;
  /** 0 to 1; below 0.5 a language model may be asked, where one is configured. */
  confidence: number;
  evidence: Partial<Record<DealField, Evidence>>;
  method: 'jsonld' | 'rules' | 'model';
}
