import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

const MOST_BYTES = 8 * 1024 * 1024;
/** Longer mails are few, and reading their files is the least of it. */
const LONGEST = 64 * 1024;

/**
 * The bytes of short mails just kept, until their parse job asks for them: mostly within a moment, in the same process. A copy
 * to spare the disk; whoever does not find it here reads the file.
 */
@Injectable()
export class RecentBytes {
  private readonly kept = new LRUCache<string, Uint8Array<ArrayBuffer>>({
    maxSize: MOST_BYTES,
    maxEntrySize: LONGEST,
    sizeCalculation: ({ length }) => length || 1,
  });

  keep(storageKey: string, raw: Buffer): void {
    if (raw.length <= LONGEST) this.kept.set(storageKey, new Uint8Array(raw));
  }

  /** Gives them away, once. */
  take(storageKey: string): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.kept.peek(storageKey);
    this.kept.delete(storageKey);
    return bytes;
  }
}
