import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The keys file is unreadable or lacks a key that something stored needs. */
export class KeyRingError extends Error {}

/** What the file holds: the newest key's id, and all keys, base64. */
export interface KeyFile {
  current: string;
  keys: { id: string; key: string; madeAt: string }[];
}

/** Where a data folder keeps its keys. */
export const keyFilePath = (dataDir: string): string => join(dataDir, 'keys', 'master-keys.json');

/** What tells a file from the one that was there before; undefined when there is none. */
export function stampOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino}/${found.mtimeNs}/${found.size}/${found.mode}`;
}

/** @throws KeyRingError with a sentence that says what to do when the file is missing, damaged, or readable by others */
export function readKeyFile(path: string): KeyFile {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new KeyRingError(`The keys file ${path} is missing: put it back from your copy.`);
  if ((found.mode & 0o077) !== 0)
    throw new KeyRingError(`Other users can read ${path}: run "chmod 600" on it and start again.`);
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

/** Puts a first key in place, unless another process was faster: then that one's key counts, and this is forgotten. */
export function makeFirstKey(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
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

/** Replaces the file by one with a new key, which is the newest. */
export function addKey(path: string, file: KeyFile): void {
  renameSync(writeAside(path, withNewKey(file)), path);
  flushFolder(dirname(path));
}

/**
 * Removes what writers left that died before they put it in place: nothing was ever sealed with those keys, and a copy of
 * the others has no business lying about. Nobody else may be writing.
 */
export function removeUnfinished(path: string): void {
  const folder = dirname(path);
  const left = (name: string) => name.startsWith(`${basename(path)}.`) && name.endsWith('.new');
  for (const name of readdirSync(folder).filter(left)) rmSync(join(folder, name), { force: true });
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
