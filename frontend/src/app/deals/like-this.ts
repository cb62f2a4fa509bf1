import type { Answer, dealsOne } from '../api';

type DealView = Answer<typeof dealsOne>;

/** A filter for deals such as this one: the same ends, no dearer, in the same cabin. */
export function likeThis(deal: DealView): string {
  const keys = (places: DealView['origins']) => [...new Set(places.flatMap(({ key }) => key ?? []))].join(',');
  const [from, to] = [keys(deal.origins), keys(deal.destinations)];
  return [
    from && `origin:${from}`,
    to && `destination:${to}`,
    `price<=${inUnits(deal.priceMinor, deal.currency)}${deal.currency}`,
    deal.cabin && deal.cabin !== 'economy' && `cabin:${deal.cabin.replace('premium_economy', 'premium')}`,
    deal.tripType && `trip:${deal.tripType}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** An amount in minor units in whole ones: 61800 'USD' is 618. */
export function inUnits(minor: number, currency: string): number {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return minor / 10 ** digits;
}
