import { query, type EntityManager, type Reads } from '#platform/database/index.js';
import type { Envelope } from './raw-headers.js';

/** The identities by which a message is known again, within its source. */
export interface Identity {
  sourceId: string;
  envelope: Pick<Envelope, 'contentHash' | 'messageIdHash'>;
  /** Its place in an IMAP mailbox. */
  uid?: { validity: bigint; uid: number };
  /** Brought by a person, who may bring back what was removed. */
  byHand: boolean;
}

/** A message whose bytes are kept and whose row is not yet. */
export interface NewRow extends Identity {
  id: string;
  workspaceId: string;
  storageKey: string;
  size: number;
  envelope: Envelope;
  receivedAt: Date;
}

const KNOWN = `
  select k.n::int, found.id
    from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::boolean[])
         with ordinality as k(source_id, content_hash, message_id_hash, uid_validity, uid, by_hand, n)
   cross join lateral (
      select id from message m where m.source_id = k.source_id and m.content_hash = k.content_hash
      union all
      select id from message m where m.source_id = k.source_id and m.message_id_hash = k.message_id_hash
      union all
      select id from message m where m.source_id = k.source_id and m.uid_validity = k.uid_validity and m.uid = k.uid
      union all
      select message_id from message_tombstone t
       where not k.by_hand and t.source_id = k.source_id and t.content_hash = k.content_hash
      union all
      select message_id from message_tombstone t
       where not k.by_hand and t.source_id = k.source_id and t.message_id_hash = k.message_id_hash
      limit 1) found`;

// No conflict target: any of the three identities may be taken, by a connection that was faster or by another row of these.
const INSERT = `
  insert into message (id, workspace_id, source_id, storage_key, size, content_hash, message_id_hash, uid_validity, uid,
    subject, sender, sent_at, received_at)
  select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::bytea[], $7::bytea[], $8::bigint[],
    $9::bigint[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[])
  on conflict do nothing returning id`;

/** The messages, kept or removed by a person, that are these; undefined where there is none. One statement for all. */
export async function knownMessages(reads: Reads, asked: readonly Identity[]): Promise<(string | undefined)[]> {
  const found = await reads.all<{ n: number; id: string }>('messages.known', KNOWN, [
    asked.map(({ sourceId }) => sourceId),
    ...identitiesOf(asked),
    asked.map(({ byHand }) => byHand),
  ]);
  const ids = new Map(found.map(({ n, id }) => [n, id]));
  return asked.map((_, i) => ids.get(i + 1));
}

/** Inserts them in one statement. @returns the ids of those that were new */
export async function insertMessages(em: EntityManager, rows: readonly NewRow[]): Promise<Set<string>> {
  // In one order, so that two processes which take in the same mails do not wait for each other.
  const sorted = rows.toSorted((a, b) => a.envelope.contentHash.compare(b.envelope.contentHash));
  const inserted = await query<{ id: string }>(em, INSERT, [
    sorted.map(({ id }) => id),
    sorted.map(({ workspaceId }) => workspaceId),
    sorted.map(({ sourceId }) => sourceId),
    sorted.map(({ storageKey }) => storageKey),
    sorted.map(({ size }) => size),
    ...identitiesOf(sorted),
    sorted.map(({ envelope }) => envelope.subject),
    sorted.map(({ envelope }) => envelope.sender),
    sorted.map(({ envelope }) => envelope.sentAt),
    sorted.map(({ receivedAt }) => receivedAt),
  ]);
  return new Set(inserted.map(({ id }) => id));
}

function identitiesOf(rows: readonly Identity[]): unknown[][] {
  return [
    rows.map(({ envelope }) => envelope.contentHash),
    rows.map(({ envelope }) => envelope.messageIdHash),
    rows.map(({ uid }) => uid?.validity.toString() ?? null),
    rows.map(({ uid }) => uid?.uid ?? null),
  ];
}
