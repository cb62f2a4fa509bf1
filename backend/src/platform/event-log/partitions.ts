import type { ClientBase } from 'pg';

/** One partition of `event`: positions from `from` up to, not including, `to`. */
export interface Partition {
  name: string;
  from: number;
  to: number;
}

/** "signalbox log partitions", hashed to a number once. */
const PARTITION_LOCK = 7_214_390_114;

/** The partitions of `event`, in the order of their positions. */
export async function partitions(client: ClientBase): Promise<Partition[]> {
  const { rows } = await client.query<{ name: string; bound: string }>(`
    select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'event'::regclass`);
  return rows
    .map(({ name, bound }) => {
      const [, from, to] = /FROM \('?(\d+)'?\) TO \('?(\d+)'?\)/.exec(bound) ?? [];
      return { name, from: Number(from), to: Number(to) };
    })
    .sort((a, b) => a.from - b.from);
}

/**
 * Makes partitions until they hold every position up to `position` and `ahead` whole partitions more. Runs in a
 * transaction of its own, and attaches ready tables, so that neither writers nor readers wait.
 *
 * @returns the position from which on more are needed soon: the middle of the last one
 */
export async function makePartitions(client: ClientBase, position: number, ahead: number): Promise<number> {
  await client.query('begin');
  try {
    const next = await extend(client, position, ahead);
    await client.query('commit');
    return next;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // The first error tells more.
    throw error;
  }
}

/** Like `makePartitions`, in the transaction that the connection is in. */
export async function extend(client: ClientBase, position: number, ahead: number): Promise<number> {
  await client.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
  const { rows } = await client.query<{ size: string }>('select partition_size as size from log_state');
  const size = Number(rows[0]?.size);
  let end = (await partitions(client)).at(-1)?.to ?? 1;
  while (end <= position + ahead * size) {
    await createPartition(client, end, end + size);
    end += size;
  }
  return end - Math.ceil(size / 2);
}

/** Makes one partition and attaches it. */
export async function createPartition(client: ClientBase, from: number, to: number): Promise<void> {
  const name = `event_p${from}`;
  await client.query(`
    create table ${name} (like event including all);
    alter table event attach partition ${name} for values from (${from}) to (${to});`);
}
