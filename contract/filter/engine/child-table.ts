import type { Ints } from './ints.js';
import { intsChunks, jsonChunk, type SnapshotReader } from './snapshot.js';

/** Words of a cell: the hash of a node and a value, and the child there. */
const STRIDE = 2;

/**
 * Which child of a node a value leads to, by a hash of both. Two pairs of one hash are two cells: a look tells both children,
 * which costs a few candidates too many, and whoever must know for certain asks the child where it comes from.
 */
export class ChildTable {
  private cells = new Int32Array(STRIDE * 16);
  private mask = 15;
  private used = 0;
  /** Keeps what is fetched ahead from being left out as unused. */
  private fetched = 0;

  /** Appends to `into` the children of all these pairs, given by their hashes. */
  look(pairs: Ints, into: Ints): void {
    const { cells, mask } = this;
    const { data: hashes, length } = pairs;
    // None of these loads waits for another: the processor has them all on their way before the first is needed.
    let fetched = 0;
    for (let at = 0; at < length; at += 1) fetched ^= cells[(hashes[at]! & mask) * STRIDE]!;
    this.fetched = fetched;
    for (let pair = 0; pair < length; pair += 1) {
      const hash = hashes[pair]!;
      for (let at = hash & mask; ; at = (at + 1) & mask) {
        const child = cells[at * STRIDE + 1]!;
        if (child === 0) break;
        if (cells[at * STRIDE] === hash) into.push(child);
      }
    }
  }

  /** The child of this hash that `is` the one; 0 for none. */
  find(hash: number, is: (child: number) => boolean): number {
    const { cells, mask } = this;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const child = cells[at * STRIDE + 1]!;
      if (child === 0 || (cells[at * STRIDE] === hash && is(child))) return child;
    }
  }

  /** Adds a child that is not there yet. */
  add(hash: number, child: number): void {
    if (this.used * 2 > this.mask) this.widen();
    this.used += 1;
    this.place(hash, child);
  }

  *save(): Generator<Uint8Array> {
    yield jsonChunk(this.used);
    yield* intsChunks(this.cells);
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    this.used = reader.json() as number;
    this.cells = yield* reader.ints();
    this.mask = this.cells.length / STRIDE - 1;
  }

  private place(hash: number, child: number): void {
    const { cells, mask } = this;
    let at = hash & mask;
    while (cells[at * STRIDE + 1] !== 0) at = (at + 1) & mask;
    cells[at * STRIDE] = hash;
    cells[at * STRIDE + 1] = child;
  }

  private widen(): void {
    const old = this.cells;
    this.mask = this.mask * 2 + 1;
    this.cells = new Int32Array(STRIDE * (this.mask + 1));
    for (let cell = 0; cell < old.length; cell += STRIDE) {
      if (old[cell + 1] !== 0) this.place(old[cell]!, old[cell + 1]!);
    }
  }
}

/** Mixes two integers to one: multiplications by odd constants and shifts, after MurmurHash3's finaliser (A. Appleby). */
export function pairHash(node: number, value: number): number {
  let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(value, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
