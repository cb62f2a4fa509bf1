import type { Client } from 'pg';
import { systemActor } from '#platform/access/index.js';
import { recordOn } from '../event-log.js';
import { createPartition, partitions } from '../partitions.js';
import { LOCK } from '../sealing.js';
import { SYSTEM_WORKSPACE } from '../types.js';
import { BackupRefused } from './backup.errors.js';
import { quoted, schema, tables, type BackupHeader } from './catalog.js';
import { RESTORE_LOCK, restoreIsUnfinished } from './unfinished.js';

/**
 * What a restore does to the tables of one room before anybody may start on them: what was about to leave is held, since the
 * other side may have had it after the backup.
 */
export interface RestoreAct {
  /** What it counts, as the log tells it: `heldJobs`. */
  name: string;
  /** One statement; its rows, changed or found, are counted. */
  sql: string;
  /** What an operator is told when there are any. */
  sentence(rows: number): string;
}

/**
 * Takes the database for this restore, until its transaction ends.
 *
 * @returns true when an earlier restore was interrupted before its files were in place: it is done anew
 * @throws BackupRefused when another restore runs
 */
export async function takeDatabase(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(${RESTORE_LOCK}) as locked`,
  );
  if (!rows[0]?.locked)
    throw new BackupRefused('Another restore runs on this database, or Signalbox is just starting on it: wait for it.');
  return restoreIsUnfinished(client);
}

/**
 * @param again true when what the database holds is an interrupted restore
 * @throws BackupRefused when the database is in use, of another version, or not empty
 */
export async function refuseUnfit(client: Client, header: BackupHeader, again: boolean): Promise<void> {
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
  if (again) return;
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

/** What a restore made of the database. */
export interface Finished {
  /** The log's new epoch, which also tells this restore from another. */
  epoch: string;
  /** The last event of the backup, those included that were not sealed yet. */
  heldTo: number;
  /** How many rows each act concerned. */
  counts: Record<string, number>;
  notices: string[];
}

/** Puts back what `emptyDatabase` took away, moves the sequences, begins a new epoch, holds what is pending, and says so in the log. */
export async function finishDatabase(
  client: Client,
  header: BackupHeader,
  acts: readonly RestoreAct[],
): Promise<Finished> {
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
  const heldTo = await markRestored(client, header);
  const counts: Record<string, number> = {};
  const notices: string[] = [];
  for (const { name, sql, sentence } of acts) {
    const count = (await client.query(sql)).rowCount ?? 0;
    counts[name] = count;
    if (count > 0) notices.push(sentence(count));
  }
  await recordOn(client, 'log.restored', {
    workspaceId: SYSTEM_WORKSPACE,
    subjectId: SYSTEM_WORKSPACE,
    actor: systemActor(),
    data: { backupMadeAt: header.madeAt, position: heldTo, counts },
  });
  return { epoch: rows[0]?.epoch ?? '', heldTo, counts, notices };
}

/**
 * Notes the restore: its files are still to come, and what events of the backup cause is held. Those that were not sealed yet get
 * the first positions, since they were written before any other.
 */
async function markRestored(client: Client, { madeAt }: BackupHeader): Promise<number> {
  await client.query('delete from log_restore');
  const { rows } = await client.query<{ held_to: string }>(
    `insert into log_restore (backup_made_at, held_to)
     select $1, position + (select count(*) from outbox) from log_state returning held_to`,
    [madeAt],
  );
  return Number(rows[0]?.held_to);
}

/** Ends the restore that began this epoch, and not one that was begun over it meanwhile. */
export async function markComplete(client: Client, epoch: string): Promise<void> {
  await client.query(
    'update log_restore set files_in_place = true where exists (select 1 from log_state where epoch = $1)',
    [epoch],
  );
}
