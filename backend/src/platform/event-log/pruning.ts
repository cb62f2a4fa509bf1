import type { ClientBase } from 'pg';
import { systemActor } from '#platform/access/index.js';
import { auditedHeads } from './audit.js';
import { recordOn } from './event-log.js';
import { LogOperationRefused } from './event-log.errors.js';
import { partitions } from './partitions.js';
import { checkpointText, headsDigest, readHeads, type ChainHeads, type Signer } from './signed-head.js';
import { SYSTEM_WORKSPACE } from './types.js';

/** What pruning did. */
export interface Pruned {
  /** The last position pruned so far. */
  position: number;
  /** Events removed now. */
  events: number;
  /** The reader that has not read what else was to go. */
  waitsFor?: string;
}

/** How far one step goes: not past a partition, the head or the slowest reader. */
interface Reach {
  before: number;
  upTo: number;
  waitsFor?: string;
}

/**
 * Removes events that are older than so many days and that every reader has read: whole partitions at once, the rest row by
 * row. Each step audits what it removes, in at most one partition, and leaves a signed checkpoint from which later audits
 * start; it is recorded in the log.
 *
 * @throws LogOperationRefused when what would be removed does not verify; what earlier steps removed is gone
 */
export async function pruneOlder(client: ClientBase, keepDays: number, signer: Signer): Promise<Pruned> {
  // Writers may give an event an earlier time than its neighbours': the first young one ends what may go.
  const { rows } = await client.query<{ position: string }>(
    `select coalesce(
       (select e.position - 1 from event e where e.position > c.position and e.occurred_at >= now() - make_interval(days => $1)
        order by e.position limit 1),
       s.position) as position
     from log_state s cross join log_checkpoint c`,
    [keepDays],
  );
  return pruneTo(client, Number(rows[0]?.position ?? 0), keepDays, signer);
}

/** Like `pruneOlder`, up to a position. */
export async function pruneTo(client: ClientBase, upTo: number, keepDays: number, signer: Signer): Promise<Pruned> {
  for (let events = 0; ;) {
    const reach = await reachOf(client, upTo);
    if (reach.upTo <= reach.before) return { position: reach.before, events, waitsFor: reach.waitsFor };
    const heads = await audited(client, reach.upTo, signer);
    if (await inTransaction(client, () => remove(client, reach, heads, keepDays, signer)))
      events += reach.upTo - reach.before;
  }
}

async function reachOf(client: ClientBase, wanted: number): Promise<Reach> {
  const { rows } = await client.query<{ before: string; head: string; reader: string | null; read: string | null }>(
    `select c.position as before, s.position as head, r.reader, r.position as read
     from log_checkpoint c cross join log_state s
     left join lateral (select reader, position from reader_cursor order by position limit 1) r on true`,
  );
  const [state] = rows;
  if (!state) throw new Error('The table log_state is empty: the database is not migrated, or was changed by hand.');
  const before = Number(state.before);
  const end = Math.min(wanted, Number(state.head));
  const read = state.read === null ? end : Number(state.read);
  const waitsFor = read < end ? (state.reader ?? undefined) : undefined;
  const partition = (await partitions(client)).find(({ from, to }) => from <= before + 1 && before + 1 < to);
  return { before, upTo: Math.min(end, read, (partition?.to ?? before + 1) - 1), waitsFor };
}

/** Audits before anything is locked for writing: it may take a while. */
async function audited(client: ClientBase, upTo: number, signer: Signer): Promise<ChainHeads> {
  const { verdict, heads } = await auditedHeads(client, { signer, upTo });
  if (!verdict.fault) return heads;
  throw new LogOperationRefused(`Nothing was pruned, because the log does not verify. ${verdict.fault.sentence}`);
}

/** @returns false when somebody else pruned meanwhile, or a reader came that has not read this */
async function remove(
  client: ClientBase,
  { before, upTo }: Reach,
  heads: ChainHeads,
  keepDays: number,
  signer: Signer,
): Promise<boolean> {
  // Waits for audits that run, however long they take: nobody waits for this meanwhile.
  await client.query('lock table log_checkpoint in row exclusive mode');
  // Dropping a partition needs the table for itself for a moment; a writer that hangs must not stop everybody.
  await client.query(`set local lock_timeout = '5s'`);
  await client.query('select 1 from log_checkpoint for update');
  const now = await reachOf(client, upTo);
  if (now.before !== before || now.upTo !== upTo) return false;
  await client.query(
    `insert into checkpoint_head (workspace_id, position, hash)
     select w.id, e.position, e.hash from unnest($2::uuid[]) as w (id)
     join lateral (
       select position, hash from event where workspace_id = w.id and position <= $1 order by position desc limit 1
     ) e on true
     on conflict (workspace_id) do update set position = excluded.position, hash = excluded.hash`,
    [upTo, [...heads.keys()]],
  );
  if (headsDigest(await readHeads(client, 'checkpoint_head')) !== headsDigest(heads))
    throw new LogOperationRefused('Nothing was pruned, because the log was changed while it was verified.');
  for (const { name, to } of await partitions(client))
    if (to - 1 <= upTo) await client.query(`alter table event detach partition ${name}; drop table ${name}`);
  await client.query('delete from event where position <= $1', [upTo]);
  await client.query(
    'update log_checkpoint set position = $1, signature = $2, pruned_at = now(), epoch = (select epoch from log_state)',
    [upTo, signer.sign(checkpointText(upTo, heads))],
  );
  await recordOn(client, 'log.pruned', {
    workspaceId: SYSTEM_WORKSPACE,
    subjectId: SYSTEM_WORKSPACE,
    actor: systemActor(),
    data: { position: upTo, events: upTo - before, keepDays },
  });
  return true;
}

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // The first error tells more.
    throw error;
  }
}
