import { Logger } from '@nestjs/common';
import { addKey, keyFilePath, KeyRingError, makeFirstKey, readKeyFile, stampOf } from './key-file.js';

/** One master key: 32 random bytes under a short id. */
export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** How soon a process seals with a key that another one made. A look costs some microseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * The master keys of an instance: the newest seals, all of them open. They live in one file of mode 0600, apart from the
 * database, so that a copy of the database alone reveals no secret. A file that changes is noticed within a second, and at
 * once when a key is asked for that is not known yet.
 */
export class KeyRing {
  private readonly log = new Logger('crypto');
  private readonly keys = new Map<string, MasterKey>();
  private newest = '';
  private stamp?: string;
  private lookedAt = performance.now();
  private trouble?: string;

  private constructor(readonly path: string) {
    this.read();
  }

  /**
   * Opens the ring of a data folder, making the first key when there is none. An instance opens it through `openKeyRing`,
   * which knows whether there should be one.
   *
   * @throws KeyRingError with a sentence that says what to do when the file is broken or readable by others
   */
  static open(dataDir: string): KeyRing {
    const path = keyFilePath(dataDir);
    if (stampOf(path) === undefined) makeFirstKey(path);
    return new KeyRing(path);
  }

  /** The key that seals. */
  current(): MasterKey {
    if (performance.now() - this.lookedAt >= LOOK_EVERY_MS) this.look();
    return this.get(this.newest);
  }

  /** @throws KeyRingError when the ring has no key of that id */
  get(id: string): MasterKey {
    const found = this.find(id);
    if (!found)
      throw new KeyRingError(
        `The master key "${id}" is missing from ${this.path}: put it back from your copy of the folder "keys", or copy that folder from the machine that made the key.`,
      );
    return found;
  }

  /** True when the ring has a key of that id. */
  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  /** Every key, the oldest first. */
  all(): MasterKey[] {
    return [...this.keys.values()];
  }

  /** Adds a new key and makes it the one that seals. Older keys stay and open what they sealed. */
  rotate(): MasterKey {
    addKey(this.path, readKeyFile(this.path));
    this.read();
    return this.current();
  }

  /** Why the file could not be read when it was looked at last; the keys known before stay in use. */
  get fault(): string | undefined {
    if (performance.now() - this.lookedAt >= LOOK_EVERY_MS) this.look();
    return this.trouble;
  }

  private find(id: string): MasterKey | undefined {
    if (!this.keys.has(id)) this.look();
    return this.keys.get(id);
  }

  /** Reads the file again if it is another one. Whoever runs goes on with what it knows while the file is no good. */
  private look(): void {
    this.lookedAt = performance.now();
    try {
      if (this.trouble === undefined && stampOf(this.path) === this.stamp) return;
      this.read();
      this.trouble = undefined;
    } catch (error) {
      const sentence = (error as Error).message;
      if (sentence !== this.trouble) this.log.error(`ALARM: ${sentence} Until then the keys read before stay in use.`);
      this.trouble = sentence;
    }
  }

  /** Takes up what the file holds. A key that has left the file stays known until the process ends. */
  private read(): void {
    // Stamped before it is read: what changes in between is noticed by the next look.
    const stamp = stampOf(this.path);
    const { current, keys } = readKeyFile(this.path);
    for (const { id, key } of keys) this.keys.set(id, { id, key: Buffer.from(key, 'base64') });
    this.newest = current;
    this.stamp = stamp;
  }
}
