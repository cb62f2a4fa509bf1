import { query, type EntityManager } from '#platform/database/index.js';
import { comparable, historySql, historyValues, routesOf, scoreIn, type HistoryRow } from '../routes/route-prices.js';
import type { Score } from '../routes/score.js';
import type { DealDraft } from './deal-draft.js';
import type { Deal } from './deal.entity.js';

/** What one message says of one deal. */
export interface Sighting {
  fingerprint: Buffer;
  dealId: string;
}

const INSERT = `
  with made as (
    insert into deal (id, workspace_id, source_id, message_id, fingerprint, offer, title, title_folded, words, origins,
      destinations, origin_keys, destination_keys, price_minor, currency, airlines, airlines_folded, cabin, trip_type, nonstop,
      travel_from, travel_to, book_by, link, kind, confidence, percentile, z, status, evidence, found_at, last_seen_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, $13, $14, $15, $16, $17, $18, $19, $20,
      $21::date, $22::date, $23::date, $24, $25, $26, $27, $28, $29, $30::jsonb, $31, $32, $33)
    on conflict (workspace_id, fingerprint) where status = 'active' do nothing returning id),
  shown as (
    insert into deal_sighting (message_id, fingerprint, deal_id, source_id, price_minor, confidence, evidence, seen_at)
    select $4, $5, id, $3, $14, $26, $30::jsonb, $32 from made
    on conflict (message_id, fingerprint) do update
      set deal_id = excluded.deal_id, confidence = excluded.confidence, evidence = excluded.evidence),
  priced as (
    insert into route_price (workspace_id, origin, destination, currency, trip_type, cabin, price_minor, deal_id, seen_at)
    select $2, r.origin, r.destination, $15, $34, $35, $14, made.id, $31
      from made, unnest($36::text[], $37::text[]) as r(origin, destination)
    on conflict do nothing)
  select id from made`;

/**
 * Puts a deal into its table, with the sighting of its message and its price in the history of its routes.
 *
 * @returns false when an active deal of the same identity was there first: then nothing is put
 */
export async function insertDeal(em: EntityManager, deal: Deal): Promise<boolean> {
  const { tripType, cabin } = comparable(deal);
  const routes = routesOf(deal);
  const rows = await query(em, INSERT, [
    deal.id,
    deal.workspaceId,
    deal.sourceId,
    deal.messageId,
    deal.fingerprint,
    deal.offer,
    deal.title,
    deal.titleFolded,
    deal.words,
    JSON.stringify(deal.origins),
    JSON.stringify(deal.destinations),
    deal.originKeys,
    deal.destinationKeys,
    deal.priceMinor,
    deal.currency,
    deal.airlines,
    deal.airlinesFolded,
    deal.cabin,
    deal.tripType,
    deal.nonstop,
    deal.travelFrom,
    deal.travelTo,
    deal.bookBy,
    deal.link,
    deal.kind,
    deal.confidence,
    deal.percentile,
    deal.z,
    deal.status,
    JSON.stringify(deal.evidence),
    deal.foundAt,
    deal.lastSeenAt,
    deal.expiresAt,
    tripType,
    cabin,
    routes.map((route) => route.origin),
    routes.map((route) => route.destination),
  ]);
  return rows.length > 0;
}

/** What a message was found to offer before, in the order that every transaction takes. */
export async function sightingsOf(em: EntityManager, messageId: string): Promise<Sighting[]> {
  return query<Sighting>(
    em,
    'select fingerprint, deal_id as "dealId" from deal_sighting where message_id = $1 order by fingerprint',
    [messageId],
  );
}

/** Notes that a message shows a deal; what it showed under the same identity is replaced. */
export async function putSighting(
  em: EntityManager,
  message: { id: string; sourceId: string; receivedAt: Date },
  dealId: string,
  draft: DealDraft,
): Promise<void> {
  await query(
    em,
    `insert into deal_sighting (message_id, fingerprint, deal_id, source_id, price_minor, confidence, evidence, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
     on conflict (message_id, fingerprint) do update
       set deal_id = excluded.deal_id, confidence = excluded.confidence, evidence = excluded.evidence`,
    [
      message.id,
      draft.fingerprint,
      dealId,
      message.sourceId,
      draft.priceMinor,
      draft.confidence,
      JSON.stringify(draft.evidence),
      message.receivedAt,
    ],
  );
}

/** Takes a sighting back. @returns the oldest one that the deal has left, if any */
export async function dropSighting(
  em: EntityManager,
  messageId: string,
  { fingerprint, dealId }: Sighting,
): Promise<{ messageId: string; sourceId: string } | undefined> {
  await query(em, 'delete from deal_sighting where message_id = $1 and fingerprint = $2', [messageId, fingerprint]);
  const [left] = await query<{ messageId: string; sourceId: string }>(
    em,
    `select message_id as "messageId", source_id as "sourceId" from deal_sighting where deal_id = $1 order by seen_at limit 1`,
    [dealId],
  );
  return left;
}

/** The active deal of an identity; with `orExpired`, the last one that ran out when none is active. */
export async function dealOfIdentity(
  em: EntityManager,
  workspaceId: string,
  fingerprint: Buffer,
  orExpired: boolean,
): Promise<string | undefined> {
  const [found] = await query<{ id: string }>(
    em,
    `select id from deal where workspace_id = $1 and fingerprint = $2 and (status = 'active' or $3)
      order by status, found_at desc limit 1`,
    [workspaceId, fingerprint, orExpired],
  );
  return found?.id;
}

const LOOK = `
  select (select id from deal where workspace_id = $1 and fingerprint = $2 and (status = 'active' or $3)
           order by status, found_at desc limit 1) as known,
         array(select id from deal d
                where workspace_id = $1 and offer = $4 and status = 'active' and source_id = $5 and link = $6 and fingerprint <> $2
                  and not exists (select from deal_sighting s where s.deal_id = d.id and s.message_id = $7) limit 2) as others,
         history.*
    from (values (1)) as one left join lateral (${historySql(8)}) as history on true`;

/** What is there already of what a message offers. */
export interface Around {
  /** The active deal of the same identity; the last one that ran out when none is active and one is asked for. */
  known: string | null;
  /** Active deals of the same offer on the same page of the same source, at another price, that the message does not show. */
  others: string[];
  score: Score | null;
}

/**
 * Looks for all that decides what becomes of an offer, in one statement.
 *
 * @param ask whether deals that ran out count, whether other prices of its page do, and before when its route's history ends
 */
export async function lookAround(
  em: EntityManager,
  message: { id: string; workspaceId: string; sourceId: string },
  draft: DealDraft,
  ask: { orExpired: boolean; others: boolean; before: Date },
): Promise<Around> {
  const { workspaceId, sourceId, id } = message;
  const [row] = await query<HistoryRow & Pick<Around, 'known' | 'others'>>(em, LOOK, [
    workspaceId,
    draft.fingerprint,
    ask.orExpired,
    draft.offer,
    sourceId,
    ask.others ? draft.link : null,
    id,
    ...historyValues(workspaceId, draft, ask.before),
  ]);
  return { known: row?.known ?? null, others: row?.others ?? [], score: scoreIn(row, draft.priceMinor) };
}

/** Remembers under which id a message's deal was withdrawn. */
export async function bury(
  em: EntityManager,
  messageId: string,
  deal: { id: string; foundAt: Date },
  fingerprint: Buffer,
): Promise<void> {
  await query(
    em,
    `insert into deal_tombstone (message_id, fingerprint, deal_id, found_at) values ($1, $2, $3, $4)
     on conflict (message_id, fingerprint) do update set deal_id = excluded.deal_id, found_at = excluded.found_at`,
    [messageId, fingerprint, deal.id, deal.foundAt],
  );
}

/** The withdrawn deal of a message and identity, whose tombstone is removed. */
export async function exhume(
  em: EntityManager,
  messageId: string,
  fingerprint: Buffer,
): Promise<{ id: string; foundAt: Date } | undefined> {
  const [found] = await query<{ id: string; foundAt: Date }>(
    em,
    `delete from deal_tombstone where message_id = $1 and fingerprint = $2 returning deal_id as id, found_at as "foundAt"`,
    [messageId, fingerprint],
  );
  return found && { id: found.id, foundAt: new Date(found.foundAt) };
}
