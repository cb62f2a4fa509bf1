import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { assertKey, FileMissing, Storage } from './storage.js';

/** Files in a folder: written aside, flushed to the disk, then renamed into place, folder entry included. */
export class LocalStorage extends Storage {
  private readonly made = new Set<string>();

  constructor(private readonly root: string) {
    super();
  }

  override async put(key: string, bytes: Buffer): Promise<void> {
    const path = this.path(key);
    const folder = dirname(path);
    if (!this.made.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    this.made.add(folder);
    const temporary = `${path}.${randomUUID()}.part`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(bytes);
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
    await syncFolder(folder);
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

  private path(key: string): string {
    assertKey(key);
    return join(this.root, ...key.split('/'));
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function missing(error: unknown, key: string): never {
  throw isMissing(error) ? new FileMissing(key) : error;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
