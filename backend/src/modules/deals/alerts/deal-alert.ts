import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventData } from '#contract/events/index.js';
import { minorDigits } from '#contract/filter/index.js';
import { languageOf } from '#platform/language/index.js';
import type { MailBlock } from '#platform/mail/index.js';
import { NotificationKinds, type Notification, type Recipient } from '#platform/notifications/index.js';
import { dealWords, type DealWords } from './deal-words.js';
import { EXAMPLE } from './deal-example.js';

type Deal = EventData<'deal.found'>;
type Row = { key: string; value: string };

/** How deals are told to the people who asked for them. */
@Injectable()
export class DealAlerts implements OnModuleInit {
  constructor(private readonly kinds: NotificationKinds) {}

  onModuleInit(): void {
    this.kinds.register({ type: 'deal.found', tell: (event, to) => tellDeal(event.data, to), example: EXAMPLE });
    this.kinds.register({
      type: 'deal.repriced',
      tell: (event, to) => tellRepriced(event.data, to),
      example: { before: { priceMinor: 45_000 }, after: EXAMPLE },
    });
  }
}

/** A deal that was found. */
export function tellDeal(deal: Deal, recipient: Recipient): Notification {
  const words = dealWords(recipient.locale);
  const headline = `${route(deal, words)} ${money(deal.priceMinor, deal.currency, recipient)}`;
  return told(deal, recipient, headline, words.found);
}

/** A known deal whose price fell; a risen one is no news. */
export function tellRepriced({ before, after }: EventData<'deal.repriced'>, recipient: Recipient): Notification {
  const [was, is] = [before.priceMinor, after.priceMinor].map((minor) => money(minor, after.currency, recipient));
  const words = dealWords(recipient.locale);
  const extra = [{ key: words.before, value: was ?? '' }];
  return told(after, recipient, words.down(route(after, words), is ?? ''), words.fallen, extra);
}

function told(deal: Deal, recipient: Recipient, subject: string, heading: string, extra: Row[] = []): Notification {
  const words = dealWords(recipient.locale);
  const note = scored(deal, words);
  const card: MailBlock = {
    type: 'card',
    title: route(deal, words),
    highlight: money(deal.priceMinor, deal.currency, recipient),
    rows: [...extra, ...rows(deal, recipient, words)],
    badges: badges(deal, words),
    ...(note ? { note } : {}),
    ...(deal.link ? { link: { label: words.offer, url: deal.link } } : {}),
  };
  const found: MailBlock = { type: 'text', tone: 'muted', text: words.from(deal.title) };
  return {
    subject,
    heading,
    preheader: [...badges(deal, words), note].filter(Boolean).join(' · '),
    blocks: [card, found],
  };
}

/** "New York, Boston → Lisbon". */
function route({ origins, destinations }: Deal, words: DealWords): string {
  return `${names(origins, words)} → ${names(destinations, words)}`;
}

function names(places: Deal['origins'], { anywhere, comma }: DealWords): string {
  const all = places.map((place) => place.name ?? place.text);
  if (all.length === 0) return anywhere;
  return all.length > 3 ? `${all.slice(0, 3).join(comma)} +${all.length - 3}` : all.join(comma);
}

/** An amount as people of that locale write it, without cents when there are none. */
export function money(minor: number, currency: string, { locale }: Recipient): string {
  const digits = minorDigits(currency);
  const amount = minor / 10 ** digits;
  const fraction = Number.isInteger(amount) ? 0 : digits;
  const options = { style: 'currency', currency, minimumFractionDigits: fraction, maximumFractionDigits: fraction };
  return new Intl.NumberFormat(locale, options as Intl.NumberFormatOptions).format(amount);
}

function badges({ nonstop, tripType, cabin, kind }: Deal, words: DealWords): string[] {
  return [
    tripType && (words.trips[tripType] ?? tripType),
    cabin && (words.cabins[cabin] ?? cabin),
    nonstop === true && words.nonstop,
    nonstop === false && words.stops,
    // A plain fare is what every deal is until it says otherwise.
    kind !== 'fare' && kind && (words.kinds[kind] ?? kind.replaceAll('-', ' ')),
  ].filter((badge): badge is string => Boolean(badge));
}

function rows(deal: Deal, { locale }: Recipient, words: DealWords): Row[] {
  const travel = period(deal, locale);
  return [
    ...(deal.airlines.length > 0
      ? [{ key: words.airline(deal.airlines.length), value: deal.airlines.join(words.comma) }]
      : []),
    ...(travel ? [{ key: words.travel, value: travel }] : []),
    ...(deal.bookBy ? [{ key: words.bookBy, value: day(deal.bookBy, locale) }] : []),
  ];
}

/** Months of travel: "March 2027" or "March 2027 – May 2027"; the last day is the one before `travelTo`. */
function period({ travelFrom, travelTo }: Deal, locale: string): string | undefined {
  if (travelFrom === null || travelTo === null) return undefined;
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const last = new Date(Date.parse(travelTo) - 86_400_000);
  const first = new Date(travelFrom);
  const [from, to] = [month.format(first), month.format(last)];
  // Intl writes a Chinese range in figures alone.
  if (languageOf(locale) === 'zh') return from === to ? from : `${from}至${to}`;
  return month.formatRange(first, last);
}

function day(date: string, locale: string): string {
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(locale, options).format(new Date(date));
}

/** How good the price is; nothing before the route's history has 8 prices. `percentile` is the share of prices below. */
function scored({ percentile }: Deal, words: DealWords): string | undefined {
  if (percentile === null) return undefined;
  return words.cheaper(Math.round(100 - percentile));
}
