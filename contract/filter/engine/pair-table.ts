const STRIDE = 3;

/** Pairs of integers to a positive integer: open addressing in one array, 12 bytes a cell, at most 5/8 full. */
export class PairTable {
  private cells = new Int32Array(STRIDE * 16);
  private mask = 15;
  private used = 0;

  /** @returns 0 when the pair is unknown */
  get(a: number, b: number): number {
    const { cells, mask } = this;
    for (let at = spread(a, b) & mask; ; at = (at + 1) & mask) {
      const cell = at * STRIDE;
      const value = cells[cell]!;
      if (value === 0 || (cells[cell + 1] === a && cells[cell + 2] === b)) return value;
    }
  }

  /** Adds a pair that is not there yet. `value` is positive. */
  add(a: number, b: number, value: number): void {
    if (this.used * 8 >= (this.mask + 1) * 5) this.widen();
    this.used += 1;
    this.place(a, b, value);
  }

  private place(a: number, b: number, value: number): void {
    const { cells, mask } = this;
    let at = spread(a, b) & mask;
    while (cells[at * STRIDE] !== 0) at = (at + 1) & mask;
    cells[at * STRIDE] = value;
    cells[at * STRIDE + 1] = a;
    cells[at * STRIDE + 2] = b;
  }

  private widen(): void {
    const old = this.cells;
    this.mask = this.mask * 2 + 1;
    this.cells = new Int32Array(STRIDE * (this.mask + 1));
    for (let cell = 0; cell < old.length; cell += STRIDE) {
      if (old[cell] !== 0) this.place(old[cell + 1]!, old[cell + 2]!, old[cell]!);
    }
  }
}

/** Mixes two integers to one: multiplications by odd constants and shifts, after MurmurHash3's finaliser (A. Appleby). */
function spread(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
