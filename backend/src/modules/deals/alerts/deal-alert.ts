import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventData } from '#contract/events/index.js';
import { minorDigits } from '#contract/filter/index.js';
import type { MailBlock } from '#platform/mail/index.js';
import { NotificationKinds, type Notification, type Recipient } from '#platform/notifications/index.js';

type Deal = EventData<'deal.found'>;
type Row = { key: string; value: string };

const TRIPS: Record<string, string> = { roundtrip: 'Round trip', oneway: 'One way' };
const CABINS: Record<string, string> = {
  economy: 'Economy',
  premium: 'Premium economy',
  business: 'Business',
  first: 'First',
};

/** How deals are told to the people who asked for them. */
@Injectable()
export class DealAlerts implements OnModuleInit {
  constructor(private readonly kinds: NotificationKinds) {}

  onModuleInit(): void {
    this.kinds.register({ type: 'deal.found', tell: (event, to) => tellDeal(event.data, to) });
    this.kinds.register({ type: 'deal.repriced', tell: (event, to) => tellRepriced(event.data, to) });
  }
}

/** A deal that was found. */
export function tellDeal(deal: Deal, recipient: Recipient): Notification {
  const headline = `${route(deal)} ${money(deal.priceMinor, deal.currency, recipient)}`;
  return told(deal, recipient, headline, 'A deal for you');
}

/** A known deal whose price fell; a risen one is no news. */
export function tellRepriced({ before, after }: EventData<'deal.repriced'>, recipient: Recipient): Notification {
  const [was, is] = [before.priceMinor, after.priceMinor].map((minor) => money(minor, after.currency, recipient));
  return told(after, recipient, `${route(after)} down to ${is}`, 'A price fell', [{ key: 'Before', value: was ?? '' }]);
}

function told(deal: Deal, recipient: Recipient, subject: string, heading: string, extra: Row[] = []): Notification {
  const card: MailBlock = {
    type: 'card',
    title: route(deal),
    highlight: money(deal.priceMinor, deal.currency, recipient),
    rows: [...extra, ...rows(deal, recipient)],
    badges: badges(deal),
    ...(scored(deal) ? { note: scored(deal) } : {}),
    ...(deal.link ? { link: { label: 'See the offer', url: deal.link } } : {}),
  };
  const found: MailBlock = { type: 'text', tone: 'muted', text: `From: ${deal.title}` };
  return {
    subject,
    heading,
    preheader: [...badges(deal), scored(deal)].filter(Boolean).join(' · '),
    blocks: [card, found],
  };
}

/** "New York, Boston → Lisbon". */
function route({ origins, destinations }: Deal): string {
  return `${names(origins)} → ${names(destinations)}`;
}

function names(places: Deal['origins']): string {
  const all = places.map((place) => place.name ?? place.text);
  if (all.length === 0) return 'Anywhere';
  return all.length > 3 ? `${all.slice(0, 3).join(', ')} +${all.length - 3}` : all.join(', ');
}

/** An amount as people of that locale write it, without cents when there are none. */
export function money(minor: number, currency: string, { locale }: Recipient): string {
  const digits = minorDigits(currency);
  const amount = minor / 10 ** digits;
  const fraction = Number.isInteger(amount) ? 0 : digits;
  const options = { style: 'currency', currency, minimumFractionDigits: fraction, maximumFractionDigits: fraction };
  return new Intl.NumberFormat(locale, options as Intl.NumberFormatOptions).format(amount);
}

function badges({ nonstop, tripType, cabin, kind }: Deal): string[] {
  return [
    tripType && (TRIPS[tripType] ?? tripType),
    cabin && (CABINS[cabin] ?? cabin),
    nonstop === true && 'Non-stop',
    nonstop === false && 'With stops',
    // A plain fare is what every deal is until it says otherwise.
    kind !== 'fare' && kind?.replaceAll('-', ' '),
  ].filter((badge): badge is string => Boolean(badge));
}

function rows(deal: Deal, { locale }: Recipient): Row[] {
  const travel = period(deal, locale);
  return [
    ...(deal.airlines.length > 0
      ? [{ key: deal.airlines.length > 1 ? 'Airlines' : 'Airline', value: deal.airlines.join(', ') }]
      : []),
    ...(travel ? [{ key: 'Travel', value: travel }] : []),
    ...(deal.bookBy ? [{ key: 'Book by', value: day(deal.bookBy, locale) }] : []),
  ];
}

/** Months of travel: "March 2027" or "March 2027 – May 2027"; the last day is the one before `travelTo`. */
function period({ travelFrom, travelTo }: Deal, locale: string): string | undefined {
  if (travelFrom === null || travelTo === null) return undefined;
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const last = new Date(Date.parse(travelTo) - 86_400_000);
  return month.formatRange(new Date(travelFrom), last);
}

function day(date: string, locale: string): string {
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(locale, options).format(new Date(date));
}

/** How good the price is; nothing before the route's history has 8 prices. `percentile` is the share of prices below. */
function scored({ percentile }: Deal): string | undefined {
  if (percentile === null) return undefined;
  return `Cheaper than ${Math.round(100 - percentile)} % of the prices seen on this route`;
}
