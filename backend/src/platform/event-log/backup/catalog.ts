import type { ClientBase } from 'pg';
import { partitions, type Partition } from '../partitions.js';

/** A table of the backup and its stored columns, in order. */
export interface TableShape {
  name: string;
  columns: string[];
}

/** The first frame of a backup. */
export interface BackupHeader {
  madeAt: string;
  /** Names of the migrations that the database had. */
  schema: string[];
  position: number;
  epoch: string;
  tables: TableShape[];
  partitions: Partition[];
  sequences: { name: string; last: string; called: boolean }[];
}

/** Quotes an identifier. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Every table of the instance but the migrations' own; a partitioned one counts once. */
export async function tables(client: ClientBase): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(`
    select c.relname::text as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'schema_migration' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.relname order by c.relname`);
  return rows;
}

/** Names of the applied migrations, in order. */
export async function schema(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from schema_migration order by name');
  return rows.map((row) => row.name);
}

/** Where every sequence stands. A sequence is outside of snapshots: it may be ahead of the tables, never behind. */
async function sequences(client: ClientBase): Promise<BackupHeader['sequences']> {
  const { rows } = await client.query<{ name: string }>(
    `select sequencename::text as name from pg_sequences where schemaname = current_schema() and sequencename not like 'schema_migration%'`,
  );
  const found: BackupHeader['sequences'] = [];
  for (const { name } of rows) {
    const state = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${quoted(name)}`,
    );
    if (state.rows[0]) found.push({ name, ...state.rows[0] });
  }
  return found;
}

/** What the database holds, as the header tells it. */
export async function describeDatabase(client: ClientBase): Promise<BackupHeader> {
  const { rows } = await client.query<{ position: string; epoch: string }>('select position, epoch from log_state');
  return {
    madeAt: new Date().toISOString(),
    schema: await schema(client),
    position: Number(rows[0]?.position ?? 0),
    epoch: rows[0]?.epoch ?? '',
    tables: await tables(client),
    partitions: await partitions(client),
    sequences: await sequences(client),
  };
}
