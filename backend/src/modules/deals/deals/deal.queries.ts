import { Injectable } from '@nestjs/common';
import { dealFields } from '#contract/filter/index.js';
import type { Member } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { filterCondition, FilterContexts } from '#platform/filters/index.js';
import { Cursor, type Page, type SortedList } from '#platform/http/index.js';
import { HISTORY_DAYS } from '../routes/route-prices.js';
import { ENOUGH_PRICES } from '../routes/score.js';
import { DealNotFound } from './deals.errors.js';
import type { DealList, DealSummary, DealView } from './deals.schemas.js';

/** How deals are listed; the bench asks for the same. */
export const DEAL_LIST: SortedList = {
  name: 'deals',
  sorts: {
    foundAt: { sql: 'd.found_at', type: 'timestamptz' },
    price: { sql: 'd.price_minor', type: 'bigint' },
    percentile: { sql: 'd.percentile', type: 'double precision', nullable: true },
  },
  id: { sql: 'd.id', type: 'uuid' },
};

/** Numbers and days as JSON has them: a bigint would come as text, a date as an instant of the server's zone. */
const COLUMNS = `
  d.id, d.source_id as "sourceId", d.title, d.origins, d.destinations, d.price_minor::float8 as "priceMinor", d.currency,
  d.airlines, d.cabin, d.trip_type as "tripType", d.nonstop, d.travel_from::text as "travelFrom", d.travel_to::text as "travelTo",
  d.book_by::text as "bookBy", d.link, d.kind, d.confidence, d.percentile, d.z, d.status, d.found_at as "foundAt",
  d.last_seen_at as "lastSeenAt", d.expires_at as "expiresAt"`;

const ONE = `
  select ${COLUMNS}, d.message_id as "messageId", d.evidence, coalesce(s.list, '[]') as sightings,
         coalesce(h.list, '[]') as "priceHistory", coalesce(h.earlier, 0) as prices
    from deal d
    join access_grant g on g.workspace_id = d.workspace_id and g.principal_id = $1
    left join lateral (
      select json_agg(json_build_object('messageId', x.message_id, 'sourceId', x.source_id, 'subject', x.subject, 'priceMinor',
               x.price_minor, 'confidence', x.confidence, 'seenAt', x.seen_at, 'evidence', x.evidence) order by x.seen_at desc) as list
        from (select si.*, m.subject from deal_sighting si join message m on m.id = si.message_id
               where si.deal_id = d.id order by si.seen_at desc limit 20) x) s on true
    left join lateral (
      select origin, destination, currency, trip_type, cabin from route_price where deal_id = d.id order by id limit 1) r on true
    left join lateral (
      select json_agg(json_build_object('priceMinor', p.price_minor, 'seenAt', p.seen_at) order by p.seen_at desc)
               filter (where p.rank <= 60) as list,
             count(*) filter (where p.seen_at < d.found_at)::int as earlier
        from (select rp.price_minor, rp.seen_at, row_number() over (order by rp.seen_at desc) as rank from route_price rp
               where rp.workspace_id = d.workspace_id and rp.origin = r.origin and rp.destination = r.destination
                 and rp.currency = r.currency and rp.trip_type = r.trip_type and rp.cabin = r.cabin
                 and rp.seen_at > d.found_at - interval '${HISTORY_DAYS} days'
               order by rp.seen_at desc limit 1000) p) h on true
   where d.workspace_id = $2 and d.id = $3`;

type OneRow = Omit<DealView, 'score'> & { prices: number };

/** Deals as people see them, limited to workspaces that the caller belongs to. */
@Injectable()
export class DealQueries {
  constructor(
    private readonly reads: Reads,
    private readonly cursor: Cursor,
    private readonly contexts: FilterContexts,
  ) {}

  /** @throws DealNotFound */
  async one(who: Member, dealId: string): Promise<DealView> {
    const row = await this.reads.one<OneRow>('deals.one', ONE, [who.id, who.workspaceId, dealId]);
    if (!row) throw new DealNotFound('There is no such deal in this workspace.');
    const { prices, ...deal } = row;
    const { percentile, z } = deal;
    const note =
      percentile === null
        ? `Not enough history: ${Math.min(prices, ENOUGH_PRICES - 1)} of ${ENOUGH_PRICES} prices are known.`
        : null;
    return { ...deal, score: { percentile, z, prices, needed: ENOUGH_PRICES, note } };
  }

  /** @throws FilterRefused, ValidationFailed on a cursor from elsewhere */
  async list(who: Member, query: DealList): Promise<Page<DealSummary>> {
    const { text, values } = await this.statement(who, query);
    const rows = await this.reads.adHoc<DealSummary & { _key: (string | null)[] }>(text, values);
    return this.cursor.page(DEAL_LIST, query, rows);
  }

  /** The statement of one page. */
  async statement(who: Member, query: DealList): Promise<{ text: string; values: unknown[] }> {
    const context = await this.contexts.context(who);
    const filter = filterCondition(query.filter, dealFields, context, 3);
    const values: unknown[] = [who.id, who.workspaceId, ...filter.params];
    const seek = this.cursor.seek(DEAL_LIST, query, values.length + 1);
    // The grant is asked once, apart: joined to a million rows it would mislead the planner about how many are left.
    const text = `
      select ${COLUMNS}, ${seek.key} from deal d
       where d.workspace_id = $2 and exists (select from access_grant g where g.workspace_id = $2 and g.principal_id = $1)
         and ${filter.text} and ${seek.condition} order by ${seek.orderBy} limit ${seek.limit}`;
    return { text, values: [...values, ...seek.values] };
  }
}
