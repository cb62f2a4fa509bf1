import { Ints } from './ints.js';
import { intsChunks, jsonChunk, listChunks, type SnapshotReader } from './snapshot.js';

/** The filters' keys, each with a slot, which is a small number of its own, its partition and its mark. */
export class KeyTable {
  private readonly slots = new Map<string, number>();
  private readonly keys: (string | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly partitions: string[] = [];
  private readonly byPartition = new Map<string, number>();
  /** The number of each slot's partition. */
  private readonly partitionOf = new Ints();
  private marks = new BigInt64Array(64);

  get size(): number {
    return this.slots.size;
  }

  /** Above every slot. */
  get end(): number {
    return this.keys.length;
  }

  slot(key: string): number | undefined {
    return this.slots.get(key);
  }

  /** The key of a slot that is taken. */
  key(slot: number): string {
    return this.keys[slot]!;
  }

  partition(slot: number): string {
    return this.partitions[this.partitionOf.data[slot]!]!;
  }

  mark(slot: number): bigint {
    return this.marks[slot]!;
  }

  /** @returns the slot of a key that has none yet */
  take(key: string, partition: string, mark: bigint): number {
    const slot = this.free.pop() ?? this.keys.length;
    this.slots.set(key, slot);
    this.keys[slot] = key;
    if (slot >= this.partitionOf.length) this.partitionOf.push(0);
    this.partitionOf.data[slot] = this.numbered(partition);
    if (slot >= this.marks.length) this.widen();
    this.marks[slot] = mark;
    return slot;
  }

  /** Frees the slot of a key that has one. */
  drop(key: string, slot: number): void {
    this.slots.delete(key);
    this.keys[slot] = undefined;
    this.free.push(slot);
  }

  *all(): Generator<[key: string, mark: bigint]> {
    for (const [key, slot] of this.slots) yield [key, this.marks[slot]!];
  }

  *save(): Generator<Uint8Array> {
    yield* listChunks(this.keys.map((key) => key ?? null));
    yield jsonChunk(this.partitions);
    yield* this.partitionOf.save();
    yield* intsChunks(new Int32Array(this.marks.buffer, 0, this.keys.length * 2));
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    yield* reader.list((entry) => {
      const key = (entry as string | null) ?? undefined;
      const slot = this.keys.push(key) - 1;
      if (key === undefined) this.free.push(slot);
      else this.slots.set(key, slot);
    });
    for (const partition of reader.json() as string[]) this.numbered(partition);
    yield* this.partitionOf.load(reader);
    this.marks = new BigInt64Array((yield* reader.ints()).buffer);
  }

  private numbered(partition: string): number {
    let number = this.byPartition.get(partition);
    if (number === undefined) this.byPartition.set(partition, (number = this.partitions.push(partition) - 1));
    return number;
  }

  private widen(): void {
    const wider = new BigInt64Array(Math.max(64, Math.ceil(this.marks.length * 1.5)));
    wider.set(this.marks);
    this.marks = wider;
  }
}
