import { Injectable } from '@nestjs/common';
import { places } from '#platform/places/index.js';
import { affected, query, type EntityManager } from '#platform/database/index.js';
import type { DealDraft, DealPlace } from '../deals/deal-draft.js';
import { scoreOf, type RouteHistory, type Score } from './score.js';

/** Prices are compared within one of these: a one-way fare says nothing about a return. */
export interface Route {
  origin: string;
  destination: string;
  currency: string;
  tripType: string;
  cabin: string;
}

type Priced = Pick<DealDraft, 'origins' | 'destinations' | 'currency' | 'tripType' | 'cabin'>;

/** A deal from many places to many others adds to so many routes at most. */
const MAX_ROUTES = 25;
/** Days of prices that a new one is compared with. */
export const HISTORY_DAYS = 365;

/** The routes a deal has a price for: city to city; a fare that says neither counts as a return in economy. */
export function routesOf(deal: Priced): Route[] {
  const rest = comparable(deal);
  const routes = cities(deal.origins).flatMap((origin) =>
    cities(deal.destinations).map((destination) => ({ origin, destination, ...rest })),
  );
  return routes.slice(0, MAX_ROUTES);
}

/** What two fares must have in common to be compared. */
export function comparable({ currency, tripType, cabin }: Priced): Pick<Route, 'currency' | 'tripType' | 'cabin'> {
  return { currency, tripType: tripType ?? 'roundtrip', cabin: cabin ?? 'economy' };
}

/** An airport stands for its city; a country or region for itself. */
export function cityKey(key: string): string {
  if (!key.startsWith('airport:')) return key;
  return places.byKey(key)?.keys.find((k) => k.startsWith('city:')) ?? key;
}

function cities(list: readonly DealPlace[]): string[] {
  return [...new Set(list.flatMap(({ key }) => (key === null ? [] : [cityKey(key)])))];
}

/** What the history of a route says, as SQL gives it. */
export interface HistoryRow {
  count: string | null;
  cheaper: string | null;
  mean: string | null;
  deviation: string | null;
}

/** The earlier prices of the best-known of a deal's routes. @param first the number of the first of `historyValues` */
export function historySql(first: number): string {
  const [price, origins, destinations, workspace, currency, tripType, cabin, before, days] = Array.from(
    { length: 9 },
    (_, i) => `$${first + i}`,
  );
  return `
    select count(*), count(*) filter (where p.price_minor < ${price}::bigint) as cheaper, avg(p.price_minor) as mean,
           stddev_samp(p.price_minor) as deviation
      from route_price p
      join unnest(${origins}::text[], ${destinations}::text[]) as r(origin, destination)
        on r.origin = p.origin and r.destination = p.destination
     where p.workspace_id = ${workspace} and p.currency = ${currency} and p.trip_type = ${tripType} and p.cabin = ${cabin}
       and p.seen_at < ${before}::timestamptz and p.seen_at > ${before}::timestamptz - make_interval(days => ${days})
     group by p.origin, p.destination
     order by count(*) desc, p.origin, p.destination limit 1`;
}

/** What `historySql` takes. */
export function historyValues(workspaceId: string, deal: Priced & { priceMinor: number }, before: Date): unknown[] {
  const routes = routesOf(deal);
  const [origins, destinations] = [routes.map((r) => r.origin), routes.map((r) => r.destination)];
  const { currency, tripType, cabin } = comparable(deal);
  return [deal.priceMinor, origins, destinations, workspaceId, currency, tripType, cabin, before, HISTORY_DAYS];
}

/** The score of a price against such a history; null until that has 8 prices. */
export function scoreIn(row: HistoryRow | undefined, priceMinor: number): Score | null {
  const known: RouteHistory = {
    count: Number(row?.count ?? 0),
    cheaper: Number(row?.cheaper ?? 0),
    mean: Number(row?.mean ?? 0),
    deviation: Number(row?.deviation ?? 0),
  };
  return scoreOf(priceMinor, known);
}

const HISTORY = historySql(1);

/** The price history of routes, in the caller's transaction. */
@Injectable()
export class RoutePrices {
  /** The score of a price against the best-known of its routes; null until that has 8 prices. */
  async score(
    em: EntityManager,
    workspaceId: string,
    deal: Priced & { priceMinor: number },
    before: Date,
  ): Promise<Score | null> {
    const [row] = await query<HistoryRow>(em, HISTORY, historyValues(workspaceId, deal, before));
    return scoreIn(row, deal.priceMinor);
  }

  /** Adds a deal's price to the history of its routes, once per price. */
  async add(
    em: EntityManager,
    workspaceId: string,
    dealId: string,
    deal: Priced & { priceMinor: number },
    at: Date,
  ): Promise<void> {
    const routes = routesOf(deal);
    const [first] = routes;
    if (!first) return;
    await affected(
      em,
      `insert into route_price (workspace_id, origin, destination, currency, trip_type, cabin, price_minor, deal_id, seen_at)
       select $1, r.origin, r.destination, $4, $5, $6, $7, $8, $9
         from unnest($2::text[], $3::text[]) as r(origin, destination)
       on conflict do nothing`,
      [
        workspaceId,
        routes.map((r) => r.origin),
        routes.map((r) => r.destination),
        first.currency,
        first.tripType,
        first.cabin,
        deal.priceMinor,
        dealId,
        at,
      ],
    );
  }

  /** Replaces what a deal told before it was corrected. */
  async replace(
    em: EntityManager,
    workspaceId: string,
    dealId: string,
    deal: Priced & { priceMinor: number },
    at: Date,
  ): Promise<void> {
    await affected(em, 'delete from route_price where deal_id = $1', [dealId]);
    await this.add(em, workspaceId, dealId, deal, at);
  }
}
