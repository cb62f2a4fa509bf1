/** Words of a cell: the hash, the number, the owner. */
const STRIDE = 4;
/** A cell whose text was taken away. */
const GONE = -1;

/**
 * Texts of several owners to positive numbers: hashes and numbers in one array, so that a look-up that finds nothing
 * touches one place in memory, and one that finds something one more. A `Map` of a million texts touches half a dozen.
 */
export class TextTable {
  private cells = new Int32Array(STRIDE * 16);
  private mask = 15;
  /** Cells in use, those of gone texts included. */
  private used = 0;
  private size = 0;
  private readonly texts: (string | undefined)[] = [];

  /** @returns 0 for an unknown text */
  get(owner: number, text: string): number {
    const { cells, mask } = this;
    const hash = hashOf(owner, text);
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = cells[at * STRIDE + 1]!;
      if (number === 0) return 0;
      if (cells[at * STRIDE] !== hash || cells[at * STRIDE + 2] !== owner || number === GONE) continue;
      if (this.texts[number] === text) return number;
    }
  }

  /** Adds a text that is not there yet. */
  add(owner: number, text: string, number: number): void {
    if (this.used * 2 > this.mask) this.rebuild();
    this.texts[number] = text;
    this.size += 1;
    this.place(hashOf(owner, text), number, owner);
  }

  remove(owner: number, text: string, number: number): void {
    const { cells, mask } = this;
    let at = hashOf(owner, text) & mask;
    while (cells[at * STRIDE + 1] !== number) at = (at + 1) & mask;
    cells[at * STRIDE + 1] = GONE;
    this.texts[number] = undefined;
    this.size -= 1;
  }

  private place(hash: number, number: number, owner: number): void {
    const { cells, mask } = this;
    let at = hash & mask;
    while (cells[at * STRIDE + 1] !== 0) at = (at + 1) & mask;
    cells[at * STRIDE] = hash;
    cells[at * STRIDE + 1] = number;
    cells[at * STRIDE + 2] = owner;
    this.used += 1;
  }

  private rebuild(): void {
    const old = this.cells;
    while (this.size * 4 > this.mask) this.mask = this.mask * 2 + 1;
    this.cells = new Int32Array(STRIDE * (this.mask + 1));
    this.used = 0;
    for (let cell = 0; cell < old.length; cell += STRIDE) {
      if (old[cell + 1]! > 0) this.place(old[cell]!, old[cell + 1]!, old[cell + 2]!);
    }
  }
}

/** FNV-1a over the code units (G. Fowler, L. C. Noll, K.-P. Vo), begun with the owner and mixed at the end. */
function hashOf(owner: number, text: string): number {
  let hash = Math.imul(owner + 1, 0x811c9dc5);
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
