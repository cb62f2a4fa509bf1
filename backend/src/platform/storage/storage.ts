import type { Readable } from 'node:stream';

/** There is no file of that key. */
export class FileMissing extends Error {
  constructor(key: string) {
    super(`There is no file "${key}".`);
  }
}

/** Keys are path-like: lower-case parts of letters, digits, `-`, `_` and `.`, separated by `/`. */
const KEY = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i;

/** @throws Error for a key that could leave the store or that some store cannot keep */
export function assertKey(key: string): void {
  if (key.length > 500 || !KEY.test(key) || key.includes('..'))
    throw new Error(`"${key.slice(0, 80)}" is not a file key.`);
}

/** Keeps files by key. A `put` that has returned survives a crash; a file is never seen half-written. */
export abstract class Storage {
  abstract put(key: string, bytes: Buffer, options?: { contentType?: string }): Promise<void>;
  /**
   * The same for a file of any size, of which little is held in memory at a time.
   *
   * @returns its size in bytes
   */
  abstract write(key: string, bytes: AsyncIterable<Uint8Array>, options?: { contentType?: string }): Promise<number>;
  /** @throws FileMissing */
  abstract get(key: string): Promise<Buffer>;
  /** @throws FileMissing */
  abstract stream(key: string): Promise<Readable>;
  abstract exists(key: string): Promise<boolean>;
  /**
   * The keys under `prefix/`, in no order, a bounded number of them in memory at a time. What is written or removed meanwhile
   * may or may not be among them; files that a killed process left half-written are, where the store has such.
   */
  abstract list(prefix: string): AsyncIterable<string>;
  /** Removing what is not there is no error. */
  abstract delete(key: string): Promise<void>;
}
