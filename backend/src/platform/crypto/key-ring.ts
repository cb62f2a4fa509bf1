import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** One master key: 32 random bytes under a short id. */
export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

interface KeyFile {
  current: string;
  keys: { id: string; key: string; madeAt: string }[];
}

/** The keys file is unreadable or lacks a key that something stored needs. */
export class KeyRingError extends Error {}

/**
 * The master keys of an instance: the newest seals, all of them open. They live in one file of mode 0600, apart from the
 * database, so that a copy of the database alone reveals no secret.
 */
export class KeyRing {
  private constructor(
    private readonly path: string,
    private file: KeyFile,
  ) {}

  /**
   * Opens the ring of a data folder, making the first key when there is none.
   *
   * @throws KeyRingError with a sentence that says what to do when the file is broken or readable by others
   */
  static open(dataDir: string): KeyRing {
    const path = join(dataDir, 'keys', 'master-keys.json');
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      KeyRing.first(path);
    }
    if ((statSync(path).mode & 0o077) !== 0)
      throw new KeyRingError(`Other users can read ${path}: run "chmod 600" on it and start again.`);
    return new KeyRing(path, parse(path));
  }

  /** Puts a first key in place, unless another process was faster: then that one's key counts, and this is forgotten. */
  private static first(path: string): void {
    const temporary = writeAside(path, withNewKey({ current: '', keys: [] }));
    try {
      linkSync(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(temporary);
    }
    flushFolder(dirname(path));
  }

  /** The key that seals. */
  current(): MasterKey {
    return this.get(this.file.current);
  }

  /** @throws KeyRingError when the ring has no key of that id */
  get(id: string): MasterKey {
    const found = this.file.keys.find((k) => k.id === id);
    if (!found)
      throw new KeyRingError(`The master key "${id}" is missing from ${this.path}: restore that file from a backup.`);
    return { id, key: Buffer.from(found.key, 'base64') };
  }

  /** True when the ring has a key of that id. */
  has(id: string): boolean {
    return this.file.keys.some((k) => k.id === id);
  }

  /** Adds a new key and makes it the one that seals. Older keys stay and open what they sealed. */
  rotate(): MasterKey {
    const changed = withNewKey(this.file);
    renameSync(writeAside(this.path, changed), this.path);
    flushFolder(dirname(this.path));
    this.file = changed;
    return this.current();
  }
}

function withNewKey(file: KeyFile): KeyFile {
  const id = randomUUID().slice(0, 8);
  const made = { id, key: randomBytes(32).toString('base64'), madeAt: new Date().toISOString() };
  return { current: id, keys: [...file.keys, made] };
}

/** Writes the file beside its place and flushes it to the disk. @returns where */
function writeAside(path: string, content: KeyFile): string {
  const temporary = `${path}.${process.pid}.${randomUUID()}.new`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(content, null, 2));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

/** Flushes a folder's entries: without it a power cut may forget the file's name while rows sealed with its key remain. */
function flushFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function parse(path: string): KeyFile {
  const broken = () => new KeyRingError(`The keys file ${path} is damaged: restore it from a backup.`);
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as KeyFile;
    const sound = file.keys.every((k) => typeof k.id === 'string' && Buffer.from(k.key, 'base64').length === 32);
    if (!sound || !file.keys.some((k) => k.id === file.current)) throw broken();
    return file;
  } catch (error) {
    if (error instanceof KeyRingError) throw error;
    throw broken();
  }
}
