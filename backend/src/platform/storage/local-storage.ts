import { createReadStream, type Dirent } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Batches } from '#platform/batches/index.js';
import { assertKey, FileMissing, Storage } from './storage.js';

const FOLDERS_REMEMBERED = 1_000;
const FLUSHED_TOGETHER = 1_000;
const ENTRIES_READ_AT_ONCE = 256;

/** Files in a folder: written aside, flushed to the disk, then renamed into place, folder entry included. */
export class LocalStorage extends Storage {
  /** Folders that are there, or are being made. */
  private readonly made = new Map<string, Promise<void>>();
  /** Files that come to stand in one folder at the same time share the flush of its entries. */
  private readonly entries = new Batches<string>(syncFolders, { most: FLUSHED_TOGETHER });

  constructor(private readonly root: string) {
    super();
  }

  override async put(key: string, bytes: Buffer): Promise<void> {
    await this.keep(key, (file) => file.writeFile(bytes));
  }

  override async write(key: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    let size = 0;
    await this.keep(key, async (file) => {
      for await (const chunk of bytes) {
        await file.writeFile(chunk);
        size += chunk.byteLength;
      }
    });
    return size;
  }

  private async keep(key: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    const path = this.path(key);
    const folder = dirname(path);
    await this.folder(folder);
    const temporary = `${path}.${randomUUID()}.part`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await fill(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      this.made.delete(folder);
      await rm(temporary, { force: true });
      throw error;
    }
    await this.entries.add(folder);
  }

  override async get(key: string): Promise<Buffer> {
    return readFile(this.path(key)).catch((error: unknown) => missing(error, key));
  }

  override async stream(key: string): Promise<Readable> {
    await stat(this.path(key)).catch((error: unknown) => missing(error, key));
    return createReadStream(this.path(key));
  }

  override async exists(key: string): Promise<boolean> {
    return stat(this.path(key)).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false;
        throw error;
      },
    );
  }

  override async delete(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
  }

  override async *list(prefix: string): AsyncGenerator<string> {
    assertKey(prefix);
    yield* keysUnder(join(this.root, ...prefix.split('/')), prefix);
  }

  private path(key: string): string {
    assertKey(key);
    return join(this.root, ...key.split('/'));
  }

  /** Sees to it that a folder is there. The first file in it waits for its entry, and those above it, to be flushed too. */
  private folder(folder: string): Promise<void> {
    const known = this.made.get(folder);
    if (known) return known;
    const making = this.make(folder).catch((error: unknown) => {
      this.made.delete(folder);
      throw error;
    });
    if (this.made.size >= FOLDERS_REMEMBERED) this.made.clear();
    this.made.set(folder, making);
    return making;
  }

  private async make(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const above: string[] = [];
    for (let at = folder; at !== dirname(this.root);) above.push((at = dirname(at)));
    await syncFolders(above);
  }
}

/** One folder is open at a time a level, and a bounded number of its entries is held. */
async function* keysUnder(folder: string, prefix: string): AsyncGenerator<string> {
  for await (const entry of entriesOf(folder)) {
    const key = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) yield* keysUnder(join(folder, entry.name), key);
    else yield key;
  }
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder, { bufferSize: ENTRIES_READ_AT_ONCE });
  } catch (error) {
    // Never made, or removed meanwhile: it holds nothing.
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function missing(error: unknown, key: string): never {
  throw isMissing(error) ? new FileMissing(key) : error;
}

async function syncFolders(folders: readonly string[]): Promise<void[]> {
  await Promise.all([...new Set(folders)].map(syncFolder));
  return [];
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
