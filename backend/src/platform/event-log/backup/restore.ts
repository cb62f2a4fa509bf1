import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { constants, createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BackupRefused } from './backup.errors.js';
import { quoted, type BackupHeader, type TableShape } from './catalog.js';
import { StagedFolder } from './folder.js';
import { readFrames, type Frame } from './frames.js';
import {
  emptyDatabase,
  finishDatabase,
  markComplete,
  refuseUnfit,
  takeDatabase,
  type RestoreAct,
} from './restore-database.js';

/** What was restored. */
export interface RestoreReport {
  madeAt: string;
  position: number;
  /** The log's new epoch. */
  epoch: string;
  rows: number;
  files: number;
  /** Events up to here cause nothing that leaves the instance until an operator releases it. */
  heldTo: number;
  /** How many rows each act concerned. */
  counts: Record<string, number>;
  /** What an operator should know or do, a sentence each. */
  notices: string[];
}

/** Where a backup is restored to. */
export interface RestoreTarget {
  databaseUrl: string;
  /** The folder of stored files. */
  files: string;
}

/**
 * Restores a backup into a migrated, empty database and an empty folder. All tables are committed at once, marked as
 * unfinished, while the files lie ready aside; then the files come into place; then the mark goes. Wherever it is killed,
 * the target is untouched, or no process starts on it until the restore is run again. Begins a new epoch of the log.
 *
 * @param acts what each room has done to its tables, in the same transaction
 * @throws BackupRefused with a sentence when file, database or folder do not fit
 */
export async function restore(
  path: string,
  target: RestoreTarget,
  acts: readonly RestoreAct[],
): Promise<RestoreReport> {
  await access(path, constants.R_OK).catch(() => {
    throw new BackupRefused(`There is no readable file ${path}.`);
  });
  const client = new pg.Client({ connectionString: target.databaseUrl, application_name: 'signalbox restore' });
  client.on('error', () => undefined);
  const folder = new StagedFolder(target.files);
  const source = createReadStream(path);
  const bytes = createGunzip();
  source.on('error', (error) => bytes.destroy(error));
  // Whoever reads the bytes gets the error; this only keeps one that comes before the first read from ending the process.
  bytes.on('error', () => undefined);
  source.pipe(bytes);
  await client.connect();
  try {
    // What was answered as committed must be on the disk before a file is moved, whatever the server's own setting.
    await client.query('set synchronous_commit = on');
    await client.query('begin');
    const again = await takeDatabase(client);
    await folder.prepare(again);
    const report = await new Restoring(client, folder, readFrames(bytes), { acts, again }).run();
    await folder.flush();
    await client.query('commit');
    await folder.publish();
    await markComplete(client, report.epoch);
    await client.query('analyze');
    return report;
  } finally {
    source.destroy();
    await client.end();
    await folder.discard();
  }
}

/** What is being filled: a table through COPY, or a file. */
interface Sink {
  name: string;
  append(bytes: Buffer): Promise<void>;
  /** @returns rows, for a table */
  end(): Promise<number>;
}

class Restoring {
  private header?: BackupHeader;
  private sink?: Sink;
  private sum?: Hash;
  private bytes = 0;
  private rows = 0;
  private files = 0;

  constructor(
    private readonly client: pg.Client,
    private readonly folder: StagedFolder,
    private readonly frames: AsyncIterable<Frame>,
    private readonly how: { acts: readonly RestoreAct[]; again: boolean },
  ) {}

  async run(): Promise<RestoreReport> {
    let complete = false;
    for await (const frame of this.frames) {
      if (complete) throw new BackupRefused('The backup file goes on after its end: use another copy of it.');
      if (frame.kind === 'H') await this.begin(frame);
      else if (frame.kind === 'Z') complete = this.checkTrailer(frame);
      else await this.content(frame);
    }
    if (!complete || !this.header)
      throw new BackupRefused('The backup file is incomplete: its end is missing. Use another copy of it.');
    const { madeAt, position } = this.header;
    const finished = await finishDatabase(this.client, this.header, this.how.acts);
    return { madeAt, position, rows: this.rows, files: this.files, ...finished };
  }

  private async begin({ payload }: Frame): Promise<void> {
    if (this.header) throw new BackupRefused('The backup file has two beginnings: use another copy of it.');
    this.header = parse<BackupHeader>(payload);
    await refuseUnfit(this.client, this.header, this.how.again);
    await emptyDatabase(this.client, this.header);
  }

  private async content({ kind, payload }: Frame): Promise<void> {
    if (!this.header) throw new BackupRefused('The backup file has no header: use another copy of it.');
    if (kind === 'T') await this.open(await this.tableSink(parse<{ name: string }>(payload).name));
    else if (kind === 'F') await this.open(await this.fileSink(parse<{ path: string }>(payload).path));
    else if (kind === 'D') await this.append(payload);
    else await this.close(parse<{ bytes: number; sha256: string }>(payload));
  }

  private async open(sink: Sink): Promise<void> {
    if (this.sink)
      throw new BackupRefused(`The backup file has no end of "${this.sink.name}": use another copy of it.`);
    this.sink = sink;
    this.sum = createHash('sha256');
    this.bytes = 0;
  }

  private async append(payload: Buffer): Promise<void> {
    this.sum?.update(payload);
    this.bytes += payload.length;
    await this.sink?.append(payload);
  }

  private async close(end: { bytes: number; sha256: string }): Promise<void> {
    if (this.bytes !== end.bytes || this.sum?.digest('hex') !== end.sha256)
      throw new BackupRefused(
        `"${this.sink?.name}" in the backup file is damaged: its checksum does not fit. Use another copy of it.`,
      );
    this.rows += (await this.sink?.end()) ?? 0;
    this.sink = undefined;
  }

  private checkTrailer({ payload, before }: Frame): true {
    const trailer = parse<{ sha256: string; rows: number; files: number }>(payload);
    if (this.sink || trailer.sha256 !== before || trailer.rows !== this.rows || trailer.files !== this.files)
      throw new BackupRefused('The backup file is damaged: its checksum does not fit. Use another copy of it.');
    return true;
  }

  private async tableSink(name: string): Promise<Sink> {
    const table: TableShape | undefined = this.header?.tables.find((known) => known.name === name);
    if (!table)
      throw new BackupRefused(`The backup file names no table "${name}" in its header: use another copy of it.`);
    const stream = this.client.query(
      copyFrom(`copy ${quoted(name)} (${table.columns.map(quoted).join(', ')}) from stdin`),
    );
    const failed = failure(stream);
    return {
      name,
      append: (bytes) => Promise.race([push(stream, bytes), failed]),
      end: async () => {
        stream.end();
        await finished(stream);
        return stream.rowCount;
      },
    };
  }

  private async fileSink(path: string): Promise<Sink> {
    await this.folder.begin(path);
    return {
      name: path,
      append: (bytes) => this.folder.append(bytes),
      end: async () => {
        await this.folder.end();
        this.files++;
        return 0;
      },
    };
  }
}

async function push(stream: Writable, bytes: Buffer): Promise<void> {
  if (!stream.write(bytes)) await once(stream, 'drain');
}

/** Rejects when the stream breaks; a rejection that nobody waits for any more is none. */
function failure(stream: Writable): Promise<never> {
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  failed.catch(() => undefined);
  return failed;
}

function parse<T>(payload: Buffer): T {
  try {
    return JSON.parse(payload.toString('utf8')) as T;
  } catch {
    throw new BackupRefused('The backup file is damaged (a description in it is no JSON): use another copy of it.');
  }
}
