import { query, type EntityManager } from '#platform/database/index.js';

// What remains of a message that a person removed: enough to know it again when its feed, mailbox or sender brings it
// once more, and nothing of what it said.
const BURY = `
  insert into message_tombstone (source_id, content_hash, message_id_hash, message_id)
  select source_id, content_hash, message_id_hash, id from message where id = $1
  on conflict (source_id, content_hash) do update
     set message_id_hash = excluded.message_id_hash, message_id = excluded.message_id, removed_at = now()`;

const RISEN = `
  select m.id, t.message_id as "removedId", t.content_hash as "contentHash"
    from message m
    cross join lateral (
      select message_id, content_hash from message_tombstone
       where source_id = m.source_id and content_hash = m.content_hash
      union
      select message_id, content_hash from message_tombstone
       where source_id = m.source_id and message_id_hash = m.message_id_hash) t
   where m.id = any($1::uuid[])`;

/** Remembers that a message is about to be removed by a person, so that its source does not bring it back. */
export async function bury(em: EntityManager, messageId: string): Promise<void> {
  await query(em, BURY, [messageId]);
}

/** Forgets what was removed from a source that brings nothing any more. */
export async function forgetRemoved(em: EntityManager, sourceId: string): Promise<void> {
  await query(em, 'delete from message_tombstone where source_id = $1', [sourceId]);
}

/**
 * Looks which of the rows just inserted are messages that people removed. This must be a statement after the insertion: one
 * that meets a removal under way waits for it, and sees its tombstone only from then on.
 *
 * @param byHand those that a person brings; what was removed may come back so, and its tombstone goes
 * @returns the others with the removed message that each is; their rows are deleted again
 */
export async function sendBack(
  em: EntityManager,
  inserted: readonly string[],
  byHand: ReadonlySet<string>,
): Promise<Map<string, string>> {
  if (inserted.length === 0) return new Map();
  const risen = await query<{ id: string; removedId: string; contentHash: Buffer }>(em, RISEN, [inserted]);
  if (risen.length === 0) return new Map();
  const wanted = risen.filter(({ id }) => byHand.has(id));
  const unwanted = new Map(risen.filter(({ id }) => !byHand.has(id)).map(({ id, removedId }) => [id, removedId]));
  await query(
    em,
    `delete from message_tombstone t using message m, unnest($1::uuid[], $2::bytea[]) as w(id, content_hash)
      where m.id = w.id and t.source_id = m.source_id and t.content_hash = w.content_hash`,
    [wanted.map(({ id }) => id), wanted.map(({ contentHash }) => contentHash)],
  );
  await query(em, 'delete from message where id = any($1::uuid[])', [[...unwanted.keys()]]);
  return unwanted;
}
