import { Ints } from './ints.js';
import { jsonChunk, type SnapshotReader } from './snapshot.js';

/** After so many events what they held counts for half. */
const HALF_LIFE = 1 << 22;
/** From then on what an event holds is counted for one event of so many, with that weight: counting writes to far memory. */
const COUNT_ALL_UNTIL = 1 << 16;
const COUNTED = 8;

/** How often events hold each value, as far as it is worth counting. */
export class Popularity {
  /** How many events were asked about. */
  events = 0;
  private readonly hits = new Ints();
  private weight = 1;
  private sinceHalving = 0;

  /** Begins the next event. */
  next(): void {
    this.events += 1;
    if (++this.sinceHalving === HALF_LIFE) this.halve();
    this.weight = this.weigh();
  }

  /** The event holds the value. */
  count(value: number): void {
    if (this.weight > 0) this.hits.data[value]! += this.weight;
  }

  of(value: number): number {
    return this.hits.data[value]!;
  }

  /** From now on the number is another value's. */
  clear(value: number): void {
    if (value >= this.hits.length) this.hits.extend(value + 1 - this.hits.length);
    this.hits.data[value] = 0;
  }

  *save(): Generator<Uint8Array> {
    yield jsonChunk([this.events, this.sinceHalving]);
    yield* this.hits.save();
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    [this.events, this.sinceHalving] = reader.json() as [number, number];
    yield* this.hits.load(reader);
  }

  /** How much it counts that this event holds a value. */
  private weigh(): number {
    if (this.events < COUNT_ALL_UNTIL) return 1;
    // Not every eighth: events may come in turns.
    return (Math.imul(this.events, 0x9e3779b1) >>> 16) % COUNTED === 0 ? COUNTED : 0;
  }

  private halve(): void {
    this.sinceHalving = 0;
    const { data } = this.hits;
    for (let value = 0; value < this.hits.length; value += 1) data[value]! >>= 1;
  }
}
