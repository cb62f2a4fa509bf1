import type { Asked } from './asked.js';
import type { Dimension } from './dimension.js';
import { grown, type Ints } from './ints.js';

/** Entries added since the last sorting that a look may still go through one by one. */
const MOST_UNSORTED = 64;
/** Entries of two limits are passed over in blocks of so many when none of a block reaches far enough. */
const BLOCK = 64;

/** What a list is ordered by: an upper limit, a lower one, or both ends of a stretch. */
export type Side = 'high' | 'low' | 'between';

/** All that a list holds, in its order; `highs` of stretches alone. */
export interface Columns {
  readonly programs: Int32Array<ArrayBuffer>;
  readonly limits: Float64Array<ArrayBuffer>;
  readonly highs: Float64Array<ArrayBuffer>;
}

/**
 * Programs in the order of one limit of theirs, the easiest to keep first, so that a look stops at the first that the
 * subject's value breaks. Stretches stand in the order of their beginnings; those that end too early are skipped by blocks.
 */
export class OrderedList {
  private programs = new Int32Array(8);
  /** The upper limit of a `high` list, else the lower one. */
  private limits = new Float64Array(8);
  private highs = new Float64Array(0);
  private farthest = new Float64Array(0);
  private length = 0;
  private sorted = 0;

  constructor(
    readonly dimension: number,
    readonly side: Side,
  ) {
    if (side === 'between') this.highs = new Float64Array(8);
  }

  add(program: number, limit: number, high: number): void {
    if (this.length === this.programs.length) this.widen();
    this.programs[this.length] = program;
    this.limits[this.length] = limit;
    if (this.side === 'between') this.highs[this.length] = high;
    this.length += 1;
  }

  columns(): Columns {
    if (this.sorted < this.length) this.sort();
    const { programs, limits, highs, length } = this;
    return {
      programs: programs.subarray(0, length),
      limits: limits.subarray(0, length),
      highs: highs.subarray(0, length),
    };
  }

  /** Takes over what `columns` gave. */
  load({ programs, limits, highs }: Columns): void {
    [this.programs, this.limits, this.highs] = [programs, limits, highs];
    this.length = this.sorted = programs.length;
    if (this.side === 'between') this.measureBlocks();
  }

  /** Appends to `into` the programs whose limits the subject's value keeps, and perhaps a few others. */
  collect(dimension: Dimension, asked: Asked, into: Ints): void {
    if (this.length - this.sorted > MOST_UNSORTED) this.sort();
    if (!dimension.isOrdered(asked)) return this.copy(0, this.length, into);
    if (this.side === 'between') this.collectStretches(dimension, asked, into);
    else {
      const high = this.side === 'high';
      let end = 0;
      while (end < this.sorted && dimension.allows(this.limits[end]!, high, true, asked)) end += 1;
      this.copy(0, end, into);
    }
    this.copy(this.sorted, this.length, into);
  }

  private collectStretches(dimension: Dimension, asked: Asked, into: Ints): void {
    for (let block = 0, from = 0; from < this.sorted; block += 1, from += BLOCK) {
      if (!dimension.allows(this.limits[from]!, false, true, asked)) return;
      if (!dimension.allows(this.farthest[block]!, true, true, asked)) continue;
      const to = Math.min(from + BLOCK, this.sorted);
      for (let at = from; at < to; at += 1) {
        if (dimension.allows(this.highs[at]!, true, true, asked)) into.push(this.programs[at]!);
      }
    }
  }

  private copy(from: number, to: number, into: Ints): void {
    for (let at = from; at < to; at += 1) into.push(this.programs[at]!);
  }

  private sort(): void {
    const { limits, programs, highs } = this;
    const direction = this.side === 'high' ? -1 : 1;
    const order = Uint32Array.from({ length: this.length }, (_, at) => at);
    order.sort((a, b) => direction * (limits[a]! - limits[b]!));
    this.programs = new Int32Array(programs.length);
    this.limits = new Float64Array(programs.length);
    this.highs = new Float64Array(highs.length);
    for (const [to, from] of order.entries()) {
      this.programs[to] = programs[from]!;
      this.limits[to] = limits[from]!;
      if (highs.length > 0) this.highs[to] = highs[from]!;
    }
    this.sorted = this.length;
    if (this.side === 'between') this.measureBlocks();
  }

  private measureBlocks(): void {
    this.farthest = new Float64Array(Math.ceil(this.sorted / BLOCK)).fill(-Infinity);
    for (let at = 0; at < this.sorted; at += 1) {
      const block = Math.floor(at / BLOCK);
      this.farthest[block] = Math.max(this.farthest[block]!, this.highs[at]!);
    }
  }

  private widen(): void {
    this.programs = grown(this.programs, this.length + 1);
    this.limits = wider(this.limits, this.programs.length);
    if (this.side === 'between') this.highs = wider(this.highs, this.programs.length);
  }
}

function wider(data: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(data);
  return larger;
}
