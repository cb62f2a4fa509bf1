import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { migrateUp, query, type EntityManager } from '#platform/database/index.js';
import { auditLog } from '../audit.js';
import { LogReader, type LogEvent, type ReadsLog, type RestoreAct } from '../index.js';
import { createEmptyDatabase } from '#test/harness.js';
import { expired, logDatabase, logProcess, rows, until } from '#test/event-log.js';
import { backup } from './backup.js';
import { markComplete } from './restore-database.js';
import { restore } from './restore.js';

jest.setTimeout(60_000);

@LogReader({ name: 'room', batch: 7 })
class Room implements ReadsLog {
  async read(batch: LogEvent[], em: EntityManager): Promise<void> {
    for (const event of batch)
      await query(em, 'insert into effect (reader, position, subject_id, note) values ($1, $2, $3, $4)', [
        'room',
        event.position,
        event.subjectId,
        event.id,
      ]);
  }
}

type Database = Awaited<ReturnType<typeof logDatabase>>;

/** Tables as other rooms have them: keys between them in a circle, generated columns, triggers, sequences. */
async function roomTables({ client }: Database): Promise<void> {
  await client.query(`
    create table zebra (id uuid primary key, next uuid references zebra (id), thing_id uuid not null references thing (id),
      note text not null, folded text generated always as (lower(note)) stored, blob bytea);
    create table counted (id bigint generated always as identity primary key, note text);
    create function refuse() returns trigger language plpgsql as 'begin raise exception ''the trigger fired''; end';
    create trigger guard before insert on zebra for each row when (current_setting('my.off', true) is null) execute function refuse();`);
}

const acts: RestoreAct[] = [
  { name: 'marked', sql: `update counted set note = 'held' where note < 'c'`, sentence: (rows) => `${rows} are held.` },
  { name: 'none', sql: `select 1 from counted where note = 'z'`, sentence: () => 'never said' },
];

let folder: string;
let origin: Database;
let saved: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-backup-'));
  origin = await logDatabase();
  await roomTables(origin);
  await origin.client.query('drop table event_p1; update log_state set partition_size = 20');
  mkdirSync(join(folder, 'files/ab'), { recursive: true });
  writeFileSync(join(folder, 'files/ab/message.eml'), Buffer.from([0, 1, 2, 255]));
  writeFileSync(join(folder, 'files/large'), Buffer.alloc(700_000, 'x'));
  writeFileSync(join(folder, 'files/empty'), '');
  writeFileSync(join(folder, 'files/half.part'), 'an upload that was cut off');

  const instance = await logProcess(origin.url, { readers: [Room] });
  for (let i = 0; i < 50; i++) await instance.record();
  await until(async () => (await rows(origin.client, 'select 1 from effect')).length >= 21);
  // From here on nobody seals or reads: some events are unread, some unsealed, as when the power fails.
  await instance.readers.stop();
  for (let i = 0; i < 10; i++) await instance.record(undefined, 'unread');
  await until(async () => (await rows(origin.client, 'select 1 from outbox')).length === 0);
  await instance.sealer.stop();
  const [a, b] = [uuidv7(), uuidv7()];
  await instance.transactions.run(async (em) => {
    await query(em, 'insert into thing (id) values ($1)', [a]);
    await query(em, `select set_config('my.off', 'yes', true)`);
    await query(em, `insert into zebra (id, thing_id, note) values ($1, $2, $3)`, [b, a, 'Äpfel\t\\N \n']);
    await query(em, `update zebra set next = id, blob = '\\x00ff'`);
    await query(em, `insert into counted (note) values ('a'), ('b'), ('c')`);
    for (let i = 0; i < 5; i++) expired(instance.log, em, a, 'unsealed');
  });
  await instance.close();
  saved = join(folder, 'backup');
  await backup({ databaseUrl: origin.url, files: join(folder, 'files') }, saved);
});

afterAll(async () => {
  await origin.drop();
  rmSync(folder, { recursive: true, force: true });
});

let target: Database;
let files: string;

beforeEach(async () => {
  target = await logDatabase();
  await roomTables(target);
  files = mkdtempSync(join(folder, 'target-'));
});

afterEach(() => target.drop());

const everything = async ({ client }: Database) => ({
  events: await rows(client, 'select * from event order by position'),
  outbox: await rows(client, `select seq, id, data from outbox where type <> 'log.restored' order by seq`),
  cursors: await rows(client, 'select reader, position, state from reader_cursor'),
  effects: await rows(client, 'select * from effect order by position'),
  things: await rows(client, 'select * from thing'),
  zebras: await rows(client, 'select * from zebra'),
});

/** The backup with one change in its uncompressed bytes. */
function spoilt(change: (bytes: Buffer) => Buffer): string {
  const path = join(folder, `spoilt-${uuidv7()}`);
  writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(saved)))));
  return path;
}

async function expectUntouched(): Promise<void> {
  expect(await rows(target.client, 'select position from log_state')).toEqual([{ position: '0' }]);
  expect((await everything(target)).events).toEqual([]);
  expect(await rows(target.client, `select 1 from pg_constraint where conname = 'zebra_thing_id_fkey'`)).toHaveLength(
    1,
  );
  expect(existsSync(join(files, 'large'))).toBe(false);
}

describe('backup and restore', () => {
  it('brings every row and file back, and the instance goes on without losing or repeating anything', async () => {
    const report = await restore(saved, { databaseUrl: target.url, files }, acts);
    expect(report).toMatchObject({ position: 60, heldTo: 65, files: 3, notices: ['2 are held.'] });
    expect(await everything(target)).toEqual(await everything(origin));
    expect(readFileSync(join(files, 'ab/message.eml'))).toEqual(Buffer.from([0, 1, 2, 255]));
    expect(readFileSync(join(files, 'large'))).toHaveLength(700_000);
    expect(readFileSync(join(files, 'empty'))).toHaveLength(0);
    expect(existsSync(join(files, 'half.part'))).toBe(false);

    const instance = await logProcess(target.url, { readers: [Room] });
    await instance.record(undefined, 'after the restore');
    await until(async () => (await rows(target.client, 'select 1 from effect')).length >= 67);
    await instance.close();
    const seen = await rows<{ note: string; position: string }>(
      target.client,
      'select note, position from effect order by position',
    );
    expect(seen.map((row) => Number(row.position))).toEqual(Array.from({ length: 67 }, (_, i) => i + 1));
    expect(new Set(seen.map((row) => row.note)).size).toBe(67);
    expect((await auditLog(target.client)).fault).toBeUndefined();
  });

  it('begins a new epoch, moves sequences on, keeps keys and triggers', async () => {
    const { epoch } = await restore(saved, { databaseUrl: target.url, files }, acts);
    const [before] = await rows<{ epoch: string }>(origin.client, 'select epoch from log_state');
    const [after] = await rows<{ epoch: string }>(target.client, 'select epoch from log_state');
    expect(after?.epoch).toBe(epoch);
    expect(after?.epoch).not.toBe(before?.epoch);
    expect(await rows(target.client, `insert into counted (note) values ('d') returning id`)).toEqual([{ id: '4' }]);
    await expect(
      target.client.query(`insert into zebra (id, thing_id, note) select id, id, '' from thing`),
    ).rejects.toThrow('the trigger fired');
    await expect(target.client.query('delete from thing')).rejects.toThrow('zebra_thing_id_fkey');
  });

  it('says in the log what was restored, and what each room did in the same transaction', async () => {
    const { madeAt } = await restore(saved, { databaseUrl: target.url, files }, acts);
    expect(await rows(target.client, 'select note from counted order by id')).toEqual([
      { note: 'held' },
      { note: 'held' },
      { note: 'c' },
    ]);
    const told = await rows(target.client, `select type, data from outbox order by seq desc limit 1`);
    const counts = { marked: 2, none: 0 };
    expect(told).toEqual([{ type: 'log.restored', data: { backupMadeAt: madeAt, position: 65, counts } }]);
    expect(await rows(target.client, 'select held_to, files_in_place, released_at from log_restore')).toEqual([
      { held_to: '65', files_in_place: true, released_at: null },
    ]);
  });

  it('ends the restore that began the epoch, not one that was begun over it', async () => {
    const { epoch } = await restore(saved, { databaseUrl: target.url, files }, acts);
    const complete = async () => (await rows(target.client, 'select files_in_place as done from log_restore'))[0];
    await target.client.query('update log_restore set files_in_place = false');
    await markComplete(target.client, uuidv7());
    expect(await complete()).toEqual({ done: false });
    await markComplete(target.client, epoch);
    expect(await complete()).toEqual({ done: true });
  });

  it('backs up what an older version left, before it is migrated', async () => {
    const old = await createEmptyDatabase();
    await migrateUp(old.url, 'EventLog0001');
    expect(await backup({ databaseUrl: old.url }, join(folder, 'old'))).toMatchObject({ position: 0 });
    await old.drop();
    await expect(restore(join(folder, 'old'), { databaseUrl: target.url, files }, acts)).rejects.toThrow(
      'of another version of Signalbox (the backup lacks ',
    );
  });

  it('refuses a database that is in use, and one whose instance runs', async () => {
    const instance = await logProcess(target.url, {});
    await expect(restore(saved, { databaseUrl: target.url, files }, acts)).rejects.toThrow(
      'Signalbox is running on this database',
    );
    await instance.record();
    await until(async () => (await everything(target)).events.length === 1);
    await instance.close();
    await expect(restore(saved, { databaseUrl: target.url, files }, acts)).rejects.toThrow(
      'This database is in use already',
    );
  });

  it('refuses another schema, naming what differs', async () => {
    await target.client.query(`insert into schema_migration (name) values ('Future9999')`);
    await expect(restore(saved, { databaseUrl: target.url, files }, acts)).rejects.toThrow(
      'the backup lacks Future9999',
    );
    await expectUntouched();
  });

  it('refuses a folder that has files', async () => {
    writeFileSync(join(files, 'precious'), 'x');
    await expect(restore(saved, { databaseUrl: target.url, files }, acts)).rejects.toThrow('is not empty');
    expect(readFileSync(join(files, 'precious'), 'utf8')).toBe('x');
  });

  it('refuses a file that is cut off anywhere, and leaves nothing behind', async () => {
    const whole = readFileSync(saved);
    const plain = gunzipSync(whole);
    const cuts = [10, Math.floor(whole.length / 2), whole.length - 4].map((at) => {
      const path = join(folder, `cut-${at}`);
      writeFileSync(path, whole.subarray(0, at));
      return path;
    });
    // Cut between two frames, and compressed again: only the missing trailer tells.
    cuts.push(spoilt((bytes) => bytes.subarray(0, plain.lastIndexOf('Z\0'))));
    for (const cut of cuts) {
      await expect(restore(cut, { databaseUrl: target.url, files }, acts)).rejects.toThrow(
        /damaged|incomplete|cut off|not a Signalbox backup/,
      );
      await expectUntouched();
    }
  });

  it('refuses a file with one changed byte', async () => {
    const path = spoilt((bytes) => {
      const at = bytes.indexOf('unread');
      bytes[at] = 'U'.charCodeAt(0);
      return bytes;
    });
    await expect(restore(path, { databaseUrl: target.url, files }, acts)).rejects.toThrow(
      '"event" in the backup file is damaged',
    );
    await expectUntouched();
  });

  it('refuses what is no backup, and paths that lead out of the folder', async () => {
    await expect(restore(join(folder, 'nothing'), { databaseUrl: target.url, files }, acts)).rejects.toThrow(
      'There is no readable file',
    );
    const text = join(folder, 'text');
    writeFileSync(text, gzipSync('hello, I am only a text file'));
    await expect(restore(text, { databaseUrl: target.url, files }, acts)).rejects.toThrow('not a Signalbox backup');
    const path = spoilt((bytes) =>
      Buffer.from(bytes.toString('latin1').replace('ab/message.eml', '../message.eml'), 'latin1'),
    );
    await expect(restore(path, { databaseUrl: target.url, files }, acts)).rejects.toThrow('outside of its folder');
    await expectUntouched();
  });

  it('lets pruning end before it looks', async () => {
    await origin.client.query('begin; lock table log_checkpoint in row exclusive mode');
    const made = backup({ databaseUrl: origin.url }, join(folder, 'behind pruning'));
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const observer = new pg.Client({ connectionString: origin.url });
    await observer.connect();
    await until(async () => (await rows(observer, waiting)).length > 0);
    await observer.end();
    await origin.client.query('commit');
    expect(await made).toMatchObject({ position: 60 });
  });

  it('does not overwrite a backup, and leaves no half of one', async () => {
    const source = { databaseUrl: origin.url, files: join(folder, 'files') };
    await expect(backup(source, saved)).rejects.toThrow('exists already');
    const nowhere = join(folder, 'missing/backup');
    await expect(backup(source, nowhere)).rejects.toThrow('ENOENT');
    await expect(backup({ databaseUrl: 'postgres://localhost:1/x' }, join(folder, 'other'))).rejects.toThrow();
    expect(existsSync(join(folder, 'other.part'))).toBe(false);
  });
});
