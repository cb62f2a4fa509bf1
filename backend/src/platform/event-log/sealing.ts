import type { ClientBase } from 'pg';
import { chainedColumns, chainHash, dataDigest, saltedDigest, salts, type ChainedColumns } from './chain.js';
import { toLogEvent, type LogEvent } from './types.js';

/** "signalbox log sealer", hashed to a number once. */
export const LOCK = 7_214_390_113;
/** The channel that tells of a new head; its payload is the head's position. */
export const CHANNEL = 'signalbox_log';
/** Events of one sealing transaction. */
export const BATCH = 1000;

interface OutboxRow extends ChainedColumns {
  ctid: string;
  seq: string;
  address: string | null;
  data: string;
  /** The hash of the workspace's last sealed event. */
  head: Buffer | null;
}

/**
 * What the last look that emptied the outbox saw. Rows that came into sight since then belong to transactions that began
 * after it, or were running in it; those of any other transaction are gone.
 */
export interface Emptied {
  /** The first transaction that had not begun. */
  xmax: string;
  /** Those that were running. */
  running: string[];
}

/** Before the first look: every row counts. */
export const NEVER_EMPTIED: Emptied = { xmax: '0', running: [] };

/** What one look at the outbox found, all of one snapshot. */
export interface Found {
  /** The last position given so far. */
  position: number;
  /** What holds for the next look if this one empties the outbox. */
  emptied: Emptied;
  rows: OutboxRow[];
}

const SELECT = `select x.ctid::text as ctid, x.seq, ${chainedColumns('x')}, x.address, x.data::text as data from outbox x`;

/**
 * Takes xmax, running and limit. Two conditions that each are a range of the index: what was deleted since the last look is not walked over, even while
 * an old snapshot or a long transaction keeps its entries alive.
 */
export const READ_OUTBOX = `
  with state as (select position, pg_current_snapshot() as snapshot from log_state)
  select s.position as last_position, s.snapshot::text as snapshot, o.*, h.hash as head
  from state s
  left join lateral (
    select * from (
      ${SELECT} where x.xid >= $1::xid8
      union all
      ${SELECT} where x.xid = any($2::xid8[]) and x.xid < $1::xid8
    ) u
    order by u.seq limit $3
  ) o on true
  left join chain_head h on h.workspace_id = o.workspace_id
  order by o.seq`;

/** Reads what is visible in the outbox, in the order in which it was written. */
export async function readOutbox(client: ClientBase, emptied: Emptied, limit: number): Promise<Found> {
  const { rows } = await client.query<OutboxRow & { last_position: string; snapshot: string }>({
    name: 'log read outbox',
    text: READ_OUTBOX,
    values: [emptied.xmax, emptied.running, limit],
  });
  const first = rows[0];
  if (!first) throw new Error('The table log_state is empty: the database is not migrated, or was changed by hand.');
  // The text of a pg_snapshot is xmin:xmax:xip,xip,…
  const [, xmax = '0', running = ''] = first.snapshot.split(':');
  return {
    position: Number(first.last_position),
    emptied: { xmax, running: running.split(',').filter(Boolean) },
    rows: first.ctid === null ? [] : rows,
  };
}

/** The found rows as the events that they have become, just as the log gives them. */
export function sealedEvents({ position, rows }: Found): LogEvent[] {
  return rows.map((row, i) =>
    toLogEvent({
      ...row,
      position: position + i + 1,
      actor: JSON.parse(row.actor) as LogEvent['actor'],
      data: JSON.parse(row.data) as unknown,
      occurred_at: new Date(Number(row.occurred_us) / 1000),
    }),
  );
}

// Rows are deleted by ctid, so that no index walks over the entries of those that were deleted before.
const MOVE = `
  with gone as (delete from outbox where ctid = any($1::tid[]) returning *),
  sealed as (
    insert into event (position, id, workspace_id, scope_kind, scope_id, type, version, subject_type, subject_id, actor,
      address, address_salt, data, salt, occurred_at, hash)
    select p.position, g.id, g.workspace_id, g.scope_kind, g.scope_id, g.type, g.version, g.subject_type, g.subject_id,
      g.actor, g.address, p.address_salt, g.data, p.salt, g.occurred_at, p.hash
    from gone g
    join unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bytea[])
      as p (seq, position, address_salt, salt, hash) on p.seq = g.seq
    order by p.position
    returning 1
  ),
  heads as (
    insert into chain_head (workspace_id, position, hash)
    select * from unnest($7::uuid[], $8::bigint[], $9::bytea[])
    on conflict (workspace_id) do update set position = excluded.position, hash = excluded.hash
  ),
  state as (update log_state set position = $10)
  select count(*)::int as sealed from sealed`;

/** Links the found rows to their workspaces' chains, moves them to `event`, notifies, and commits. */
export async function moveBatch(client: ClientBase, { position, rows }: Found): Promise<void> {
  const heads = new Map<string, { position: number; hash: Buffer }>();
  const dataSalts = salts(rows.length);
  const addressSalts = salts(rows.length).map((salt, i) => (rows[i]?.address === null ? null : salt));
  const hashes = rows.map((row, i) => {
    const addressSalt = addressSalts[i] ?? null;
    const address = addressSalt && row.address !== null ? saltedDigest(addressSalt, row.address) : null;
    const data = dataDigest(dataSalts[i] as Buffer, row.data);
    const previous = heads.get(row.workspace_id)?.hash ?? row.head;
    const hash = chainHash(position + i + 1, row, address, data, previous);
    heads.set(row.workspace_id, { position: position + i + 1, hash });
    return hash;
  });
  const { rows: counted } = await client.query<{ sealed: number }>({
    name: 'log move batch',
    text: MOVE,
    values: [
      rows.map((row) => row.ctid),
      rows.map((row) => row.seq),
      rows.map((_, i) => position + i + 1),
      addressSalts,
      dataSalts,
      hashes,
      [...heads.keys()],
      [...heads.values()].map((head) => head.position),
      [...heads.values()].map((head) => head.hash),
      position + rows.length,
    ],
  });
  if (counted[0]?.sealed !== rows.length)
    throw new Error(
      `Of ${rows.length} events ${counted[0]?.sealed} were sealed: rows of the outbox changed meanwhile.`,
    );
  await client.query(`select pg_notify('${CHANNEL}', '${position + rows.length}'); commit`);
}
