import { intsChunks, type SnapshotReader } from './snapshot.js';

/** A growing array of 32-bit integers. `data` is another array after it has grown: read it anew in each call. */
export class Ints {
  data: Int32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 64) {
    this.data = new Int32Array(capacity);
  }

  /** Lengthens by `more`; what is new is zero unless the length was set back before. @returns the first one's place */
  extend(more: number): number {
    const at = this.length;
    this.length = at + more;
    if (this.length > this.data.length) this.data = grown(this.data, this.length);
    return at;
  }

  push(value: number): number {
    const at = this.extend(1);
    this.data[at] = value;
    return at;
  }

  save(): Generator<Uint8Array> {
    return intsChunks(this.data.subarray(0, this.length));
  }

  /** Takes over what `save` gave. */
  *load(reader: SnapshotReader): Generator<void, void> {
    this.data = yield* reader.ints();
    this.length = this.data.length;
  }
}

/** The same integers in an array of at least `length`, half as much again so that growing stays rare. */
export function grown(data: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, Math.ceil(data.length * 1.5)));
  larger.set(data);
  return larger;
}
