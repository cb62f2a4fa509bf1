import type { Client } from 'pg';
import { createPartition, partitions } from '../partitions.js';
import { LOCK } from '../sealing.js';
import { BackupRefused } from './backup.errors.js';
import { quoted, schema, tables, type BackupHeader } from './catalog.js';

/** SQL that a restore runs at its end where the database has that column. */
export interface RestoreHook {
  table: string;
  column: string;
  sql: string;
  /** Says what was done, after the number of rows. */
  sentence: string;
}

/** Whatever was about to leave the instance waits for an operator: the other side may have got it since the backup. */
export const restoreHooks: RestoreHook[] = [
  {
    table: 'job',
    column: 'held',
    sql: `update job set held = true where state in ('queued', 'running')`,
    sentence: 'jobs are held until an operator releases them',
  },
];

/** @throws BackupRefused when the database is in use, of another version, or not empty */
export async function refuseUnfit(client: Client, header: BackupHeader): Promise<void> {
  const { rows: others } = await client.query(
    `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
     and application_name in ('signalbox', 'signalbox sealer', 'signalbox tail') limit 1`,
  );
  const { rows: locked } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(${LOCK}) as locked`,
  );
  if (others.length > 0 || !locked[0]?.locked)
    throw new BackupRefused('Signalbox is running on this database: stop it, then restore.');
  const here = await schema(client);
  if (here.join() !== header.schema.join()) throw new BackupRefused(versionSentence(here, header.schema));
  const known = (await tables(client)).map(({ name }) => name);
  const people = known.includes('user_account') ? 'exists (select 1 from user_account)' : 'false';
  const { rows } = await client.query<{ used: boolean }>(
    `select position > 0 or exists (select 1 from outbox) or ${people} as used from log_state`,
  );
  if (rows[0]?.used)
    throw new BackupRefused('This database is in use already: a backup is restored into an empty one only.');
}

function versionSentence(here: string[], there: string[]): string {
  const missing = there.filter((name) => !here.includes(name));
  const extra = here.filter((name) => !there.includes(name));
  const difference = [
    missing.length > 0 ? `this database lacks ${missing.join(', ')}` : '',
    extra.length > 0 ? `the backup lacks ${extra.join(', ')}` : '',
  ].filter(Boolean);
  return `The backup is of another version of Signalbox (${difference.join('; ')}): restore it with the version that made it, then update.`;
}

/** Empties every table, makes the log's partitions anew, and takes foreign keys and triggers out of the way. */
export async function emptyDatabase(client: Client, header: BackupHeader): Promise<void> {
  const names = header.tables.map(({ name }) => quoted(name));
  await client.query(
    'create temporary table restore_constraint (name text, place text, definition text) on commit drop',
  );
  await client.query(`
    insert into restore_constraint
    select quote_ident(conname), conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint
    where contype = 'f' and conparentid = 0 and connamespace = current_schema()::regnamespace`);
  for (const { name, place } of (await client.query('select name, place from restore_constraint')).rows)
    await client.query(`alter table ${place} drop constraint ${name}`);
  for (const name of names) await client.query(`alter table ${name} disable trigger user`);
  await client.query(`truncate ${names.join(', ')}`);
  for (const { name } of await partitions(client)) await client.query(`drop table ${quoted(name)}`);
  for (const { from, to } of header.partitions) await createPartition(client, from, to);
}

/** Puts back what `emptyDatabase` took away, moves the sequences, begins a new epoch and holds what is pending. */
export async function finishDatabase(client: Client, header: BackupHeader): Promise<{ epoch: string; held: string[] }> {
  for (const { name } of header.tables) await client.query(`alter table ${quoted(name)} enable trigger user`);
  for (const row of (await client.query('select name, place, definition from restore_constraint')).rows)
    await client.query(`alter table ${row.place} add constraint ${row.name} ${row.definition}`);
  for (const { name, last, called } of header.sequences)
    await client.query('select setval($1::regclass, $2, $3)', [quoted(name), last, called]);
  // Transaction numbers are those of another server: the sealer looks for numbers of this one.
  await client.query('update outbox set xid = default');
  const { rows } = await client.query<{ epoch: string }>(
    'update log_state set epoch = gen_random_uuid() returning epoch',
  );
  const held: string[] = [];
  for (const hook of restoreHooks) {
    const { rows: exists } = await client.query(
      `select 1 from information_schema.columns where table_schema = current_schema() and table_name = $1 and column_name = $2`,
      [hook.table, hook.column],
    );
    if (exists.length === 0) continue;
    const { rowCount } = await client.query(hook.sql);
    if (rowCount) held.push(`${rowCount} ${hook.sentence}`);
  }
  return { epoch: rows[0]?.epoch ?? '', held };
}
