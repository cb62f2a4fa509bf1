import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { BackupRefused } from './backup.errors.js';

const missing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Paths of the ordinary files under a folder, relative to it, with `/`; none when it does not exist. */
export async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (missing(error)) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** The bytes of a file, or undefined when it was deleted since it was listed. */
export async function readChunks(path: string): Promise<AsyncIterable<Buffer> | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (missing(error)) return undefined;
    throw error;
  });
  return file && createReadStream('', { fd: file, highWaterMark: 256 * 1024 });
}

/** Files that arrive aside and come into place all at once. */
export class StagedFolder {
  private readonly staged: string;
  private file?: FileHandle;

  constructor(private readonly folder: string) {
    this.staged = `${folder}.restoring`;
  }

  /**
   * Begins with an empty folder aside.
   *
   * @param again true when the files that are in place are those of a restore that was interrupted
   * @throws BackupRefused when the folder already has files
   */
  async prepare(again: boolean): Promise<void> {
    if (!again && (await filesUnder(this.folder)).length > 0)
      throw new BackupRefused(
        `The folder ${this.folder} is not empty: restore into an empty data folder, or move it away first.`,
      );
    await rm(this.staged, { recursive: true, force: true });
    await mkdir(this.staged, { recursive: true, mode: 0o700 });
  }

  /** @throws BackupRefused when the path leads out of the folder */
  async begin(path: string): Promise<void> {
    const safe = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
    if (!safe || path.includes('\\'))
      throw new BackupRefused(`The backup holds a file outside of its folder (${path}).`);
    const target = join(this.staged, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    this.file = await open(target, 'wx', 0o600);
  }

  async append(bytes: Buffer): Promise<void> {
    await this.file?.writeFile(bytes);
  }

  async end(): Promise<void> {
    await this.file?.sync();
    await this.file?.close();
    this.file = undefined;
  }

  /** Flushes the entries of every folder: the files themselves were flushed as they ended. */
  async flush(): Promise<void> {
    const entries = await readdir(this.staged, { recursive: true, withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) await syncFolder(join(entry.parentPath, entry.name));
    await syncFolder(this.staged);
  }

  /** Puts the files into place. A kill on the way leaves them aside, or none. */
  async publish(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await rename(this.staged, this.folder);
    await syncFolder(dirname(this.folder));
  }

  async discard(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    await rm(this.staged, { recursive: true, force: true });
  }
}

/** Flushes a folder's entries to the disk: without it a power cut may forget the names of files that were flushed. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
