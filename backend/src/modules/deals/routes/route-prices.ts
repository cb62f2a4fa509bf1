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
  const rest = { currency: deal.currency, tripType: deal.tripType ?? 'roundtrip', cabin: deal.cabin ?? 'economy' };
  const routes = cities(deal.origins).flatMap((origin) =>
    cities(deal.destinations).map((destination) => ({ origin, destination, ...rest })),
  );
  return routes.slice(0, MAX_ROUTES);
}

/** An airport stands for its city; a country or region for itself. */
export function cityKey(key: string): string {
  if (!key.startsWith('airport:')) return key;
  return places.byKey(key)?.keys.find((k) => k.startsWith('city:')) ?? key;
}

function cities(list: readonly DealPlace[]): string[] {
  return [...new Set(list.flatMap(({ key }) => (key === null ? [] : [cityKey(key)])))];
}

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
    const routes = routesOf(deal);
    const [first] = routes;
    if (!first) return null;
    const [history] = await query<{ count: string; cheaper: string; mean: string; deviation: string | null }>(
      em,
      `select count(*), count(*) filter (where p.price_minor < $1::bigint) as cheaper, avg(p.price_minor) as mean,
              stddev_samp(p.price_minor) as deviation
         from route_price p
         join unnest($2::text[], $3::text[]) as r(origin, destination) on r.origin = p.origin and r.destination = p.destination
        where p.workspace_id = $4 and p.currency = $5 and p.trip_type = $6 and p.cabin = $7
          and p.seen_at < $8::timestamptz and p.seen_at > $8::timestamptz - make_interval(days => $9)
        group by p.origin, p.destination
        order by count(*) desc, p.origin, p.destination limit 1`,
      [
        deal.priceMinor,
        routes.map((r) => r.origin),
        routes.map((r) => r.destination),
        workspaceId,
        first.currency,
        first.tripType,
        first.cabin,
        before,
        HISTORY_DAYS,
      ],
    );
    if (!history) return null;
    const known: RouteHistory = {
      count: Number(history.count),
      cheaper: Number(history.cheaper),
      mean: Number(history.mean),
      deviation: Number(history.deviation ?? 0),
    };
    return scoreOf(deal.priceMinor, known);
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
