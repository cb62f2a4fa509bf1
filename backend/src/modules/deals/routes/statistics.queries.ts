import { Injectable } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { Cache } from '#platform/cache/index.js';
import { Reads } from '#platform/database/index.js';
import { type Location, locationOf, places } from '#platform/places/index.js';
import type {
  PerDayQuery,
  PerDayView,
  PopularQuery,
  PopularView,
  RoutePricesQuery,
  RoutePricesView,
} from './statistics.schemas.js';

/** Counting takes long on many rows, and nobody needs it by the second. */
const CACHED_SECONDS = 60;

const ROUTE = `
  from route_price p
 where p.workspace_id = $1 and p.origin = $2 and p.destination = $3 and p.currency = $4 and p.trip_type = $5 and p.cabin = $6
   and p.seen_at > now() - make_interval(days => $7)`;

const SUMMARY = `
  select count(*)::int as prices, min(price_minor)::float8 as lowest, avg(price_minor)::float8 as mean,
         percentile_cont(0.5) within group (order by price_minor) as median, stddev_samp(price_minor)::float8 as deviation ${ROUTE}`;

const DAYS = `
  select to_char(p.seen_at at time zone $8, 'YYYY-MM-DD') as day, count(*)::int as prices, min(price_minor)::float8 as lowest,
         percentile_cont(0.5) within group (order by price_minor) as median ${ROUTE} group by 1 order by 1`;

// Deals, not prices: a deal from four cities is one deal to its destination.
const POPULAR = `
  with counted as (
    select p.destination, p.currency, count(distinct p.deal_id)::int as deals, min(p.price_minor)::float8 as lowest
      from route_price p
     where p.workspace_id = $1 and p.seen_at > now() - make_interval(days => $2)
     group by p.destination, p.currency)
  select destination, sum(deals)::int as deals,
         json_agg(json_build_object('currency', currency, 'priceMinor', lowest) order by currency) as lowest
    from counted group by destination order by sum(deals) desc, destination limit $3`;

const PER_DAY = `
  select to_char(d.found_at at time zone $3, 'YYYY-MM-DD') as day, d.source_id as "sourceId", s.name as "sourceName",
         count(*)::int as deals
    from deal d join source s on s.id = d.source_id
   where d.workspace_id = $1
     and d.found_at >= (date_trunc('day', now() at time zone $3) - make_interval(days => $2 - 1)) at time zone $3
   group by 1, 2, 3 order by 1, 3, 2`;

/** Figures for charts, counted in the workspace that the caller was admitted to. */
@Injectable()
export class StatisticsQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cache: Cache,
  ) {}

  /** The price history of one route, by day. */
  routePrices(who: Member, query: RoutePricesQuery): Promise<RoutePricesView> {
    const { origin, destination, currency, tripType, cabin, zone, days } = query;
    const values = [who.workspaceId, origin, destination, currency, tripType, cabin, days];
    return this.cached('route', [...values, zone], async () => {
      const summary = await this.reads.one<RoutePricesView['summary']>('statistics.route', SUMMARY, values);
      const byDay = await this.reads.all<RoutePricesView['days'][number]>('statistics.route-days', DAYS, [
        ...values,
        zone,
      ]);
      const none = { prices: 0, lowest: null, median: null, mean: null, deviation: null };
      return { origin, destination, currency, summary: summary ?? none, days: byDay };
    });
  }

  /** Where most deals go. */
  popularDestinations(who: Member, { days, limit }: PopularQuery): Promise<PopularView> {
    const values = [who.workspaceId, days, limit];
    return this.cached('popular', values, async () => {
      const rows = await this.reads.all<Omit<PopularView['items'][number], 'name' | keyof Location>>(
        'statistics.popular',
        POPULAR,
        values,
      );
      const items = rows.map((row) => ({
        ...row,
        name: places.byKey(row.destination)?.name ?? null,
        ...(locationOf(row.destination) ?? { latitude: null, longitude: null }),
      }));
      return { items };
    });
  }

  /** How many deals each source brought on each day of a time zone. */
  dealsPerDay(who: Member, { days, zone }: PerDayQuery): Promise<PerDayView> {
    const values = [who.workspaceId, days, zone];
    return this.cached('per-day', values, async () => ({
      items: await this.reads.all('statistics.per-day', PER_DAY, values),
    }));
  }

  private cached<T>(name: string, values: readonly unknown[], load: () => Promise<T>): Promise<T> {
    return this.cache.getOrSet(
      `deal-statistics/${name}/${JSON.stringify(values)}`,
      { ttlSeconds: CACHED_SECONDS },
      load,
    );
  }
}
