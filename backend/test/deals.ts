// Deals for specs: as the log tells of them, and as rows.
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import type { Factory, TestWorkspace } from './factories.js';

/** The data of an event about a cheap flight from New York to Lisbon. */
export function dealFound(more: Partial<EventData<'deal.found'>> = {}): EventData<'deal.found'> {
  return {
    title: 'New York to Lisbon',
    origins: [{ text: 'New York', key: 'city:NYC', name: 'New York' }],
    destinations: [{ text: 'Lisbon', key: 'city:LIS', name: 'Lisbon' }],
    originKeys: ['city:NYC', 'country:US'],
    destinationKeys: ['city:LIS', 'country:PT'],
    priceMinor: 39_900,
    currency: 'USD',
    airlines: ['TAP'],
    airlinesFolded: ['tap'],
    cabin: 'economy',
    tripType: 'roundtrip',
    nonstop: true,
    travelFrom: '2027-03-01',
    travelTo: '2027-06-01',
    bookBy: null,
    link: null,
    kind: null,
    confidence: 0.9,
    percentile: null,
    z: null,
    status: 'active',
    sourceId: '01900000-0000-7000-8000-000000000009',
    foundAt: '2026-11-20T12:00:00.000Z',
    titleFolded: 'new york to lisbon',
    words: ['new', 'york', 'to', 'lisbon'],
    ...more,
  };
}

/** A deal to be written to the database; each has its own fingerprint. */
export interface DealRow {
  title: string;
  priceMinor?: number;
  currency?: string;
  daysAgo?: number;
}

/**
 * Writes deals to the database as if messages had been read, with a source and a message of their own.
 *
 * @returns their ids, in their order
 */
export async function dealRows(
  make: Factory,
  workspace: Pick<TestWorkspace, 'id'>,
  deals: readonly DealRow[],
): Promise<string[]> {
  const [source, message] = [uuidv7(), uuidv7()];
  await make.sql(`insert into source (id, workspace_id, kind, name) values ($1, $2, 'upload', 'By hand')`, [
    source,
    workspace.id,
  ]);
  await make.sql(
    `insert into message (id, workspace_id, source_id, storage_key, size, content_hash, subject, sender, received_at)
     values ($1, $2, $3, 'k', 1, uuid_send($1), 's', 'f', now())`,
    [message, workspace.id, source],
  );
  const ids: string[] = [];
  for (const { title, priceMinor = 39_900, currency = 'USD', daysAgo = 1 } of deals) {
    const id = uuidv7();
    ids.push(id);
    await make.sql(
      `insert into deal (id, workspace_id, source_id, message_id, fingerprint, offer, title, title_folded, words, origins,
         destinations, origin_keys, destination_keys, price_minor, currency, airlines, airlines_folded, confidence, evidence,
         found_at, last_seen_at, expires_at)
       values ($1, $2, $3, $4, uuid_send($1), uuid_send($1), $5, lower($5), '{}', '[]', '[]', '{city:NYC}',
         '{city:LIS,country:PT}', $6, $7, '{}', '{}', 1, '{}', now() - make_interval(days => $8), now(),
         now() + interval '9 days')`,
      [id, workspace.id, source, message, title, priceMinor, currency, daysAgo],
    );
  }
  return ids;
}
