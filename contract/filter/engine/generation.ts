import { AccessIndex } from './access-index.js';
import type { Asked } from './asked.js';
import type { Dimension } from './dimension.js';
import { Ints } from './ints.js';
import { HEADER, ProgramStore } from './program-store.js';
import { jsonChunk, type SnapshotReader } from './snapshot.js';
import type { ValueTable } from './value-table.js';

/** A removal leaves its words behind; so many are not worth moving the others. */
const LEAST_WASTE = 1 << 16;
/** Fewer programs than these are not worth filing again. */
const LEAST_GROWN = 1 << 10;

/** After so many events, and four times those before, what they held says more than was known. */
const LEAST_EVENTS = 1 << 16;

interface GenerationHead {
  readonly live: number;
  readonly born: number;
  readonly expected: number;
  readonly roots: readonly (readonly [partition: string, root: number])[];
}

/**
 * The programs of filters and where they are filed. How good the filing is depends on how popular each value was known to
 * be at the time; when a generation has aged, the next one takes its filters over, a few at a time.
 */
export class Generation {
  readonly programs = new ProgramStore();
  /** Each filter's first program; 0 for none. */
  readonly heads = new Ints();
  private readonly index: AccessIndex;
  /** Where each partition's filters are filed. */
  private readonly roots = new Map<string, number>();
  private live = 0;
  private born: number;

  /** @param expected how many filters it takes over */
  constructor(
    private readonly values: ValueTable,
    dimensions: readonly Dimension[],
    private expected = 0,
  ) {
    this.born = values.events;
    this.index = new AccessIndex(values, dimensions, this.programs);
  }

  has(slot: number): boolean {
    return slot < this.heads.length && this.heads.data[slot] !== 0;
  }

  add(slot: number, partition: string, bodies: Iterable<ArrayLike<number>>): void {
    if (slot >= this.heads.length) this.heads.extend(slot + 1 - this.heads.length);
    let root = this.roots.get(partition);
    if (root === undefined) this.roots.set(partition, (root = this.index.addRoot()));
    for (const body of bodies) {
      const program = this.programs.add(slot, body, this.heads.data[slot]!);
      this.heads.data[slot] = program;
      this.index.file(root, program);
    }
    if (this.has(slot)) this.live += 1;
  }

  remove(slot: number): void {
    if (!this.has(slot)) return;
    for (let program = this.heads.data[slot]!; program !== 0; program = this.programs.nextOf(program)) {
      this.programs.remove(program);
    }
    this.heads.data[slot] = 0;
    this.live -= 1;
  }

  /** The code of each of a filter's programs, valid until the next change. */
  *bodies(slot: number): Generator<Int32Array> {
    if (!this.has(slot)) return;
    for (let program = this.heads.data[slot]!; program !== 0; program = this.programs.nextOf(program)) {
      const from = program + HEADER;
      yield this.programs.words.data.subarray(from, from + this.programs.lengthOf(program));
    }
  }

  /** The handles of programs in a partition that the event may answer; undefined for an unknown partition. */
  collect(partition: string, asked: Asked): Ints | undefined {
    const root = this.roots.get(partition);
    return root === undefined ? undefined : this.index.collect(root, asked);
  }

  *save(): Generator<Uint8Array> {
    yield jsonChunk({ live: this.live, born: this.born, expected: this.expected, roots: [...this.roots] });
    for (const part of [this.programs, this.heads, this.index]) yield* part.save();
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    const { live, born, expected, roots } = reader.json() as GenerationHead;
    [this.live, this.born, this.expected] = [live, born, expected];
    for (const [partition, root] of roots) this.roots.set(partition, root);
    for (const part of [this.programs, this.heads, this.index]) yield* part.load(reader);
  }

  /** Whether filing everything anew would pay: half is waste, or far more filters or events are known than when it began. */
  get isAged(): boolean {
    return (
      this.programs.wasted > Math.max(LEAST_WASTE, this.programs.words.length / 2) ||
      this.live > 2 * Math.max(LEAST_GROWN, this.expected) ||
      this.values.events > Math.max(LEAST_EVENTS, 4 * this.born, 2 * this.live)
    );
  }
}
