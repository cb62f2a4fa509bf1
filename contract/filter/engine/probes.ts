import { grown } from './ints.js';

/** Begins the hash of a text. */
export const BASIS = 0x811c9dc5 | 0;

/** FNV-1a over code units (G. Fowler, L. C. Noll, K.-P. Vo): the hash of a text that is one unit longer. */
export function longer(state: number, unit: number): number {
  return Math.imul(state ^ unit, 0x01000193);
}

/** The hash of a text for one owner: equal texts of two owners are two. */
export function hashFor(owner: number, state: number): number {
  let hash = state ^ Math.imul(owner + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

const MOST_KEPT = 1_024;

/** All that an event is asked for in the table of texts. They are gathered first, so that the look-ups need not wait for each other. */
export class Probes {
  count = 0;
  hashes = new Int32Array(64);
  owners = new Int32Array(64);
  /** How much of the text was hashed. */
  lengths = new Int32Array(64);
  /** Those of the last event may stand behind. */
  readonly texts: string[] = [];

  add(owner: number, state: number, text: string, length: number): void {
    const at = this.count;
    if (at === this.hashes.length) {
      this.hashes = grown(this.hashes, at + 1);
      this.owners = grown(this.owners, at + 1);
      this.lengths = grown(this.lengths, at + 1);
    }
    this.hashes[at] = hashFor(owner, state);
    this.owners[at] = owner;
    this.lengths[at] = length;
    this.texts[at] = text;
    this.count = at + 1;
  }

  /** Begins with the next event. */
  begin(): void {
    this.count = 0;
    // Making an array anew for each event would cost as much as its look-ups; but an endless list is not kept.
    if (this.texts.length > MOST_KEPT) this.texts.length = 0;
  }
}
