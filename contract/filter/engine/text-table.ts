import type { Probes } from './probes.js';
import { intsChunks, jsonChunk, listChunks, type SnapshotReader } from './snapshot.js';

/** Words of a cell: the hash, and the number with a bit of its own below. */
const STRIDE = 2;
/** In the place of the number, when its text was taken away. */
const GONE = -1;

/**
 * Texts of several owners to positive numbers, by hashes of 32 bits: a look touches one place of eight bytes, and all looks of an
 * event are begun together. What it tells of an event's texts is nearly certain and no more; `is` compares the text.
 */
export class TextTable {
  private cells = new Int32Array(STRIDE * 16);
  private mask = 15;
  /** Cells in use, those of gone texts included. */
  private used = 0;
  private size = 0;
  private readonly texts: (string | undefined)[] = [];
  /** Keeps what is fetched ahead from being left out as unused. */
  private fetched = 0;

  /** @returns the number of a text that an owner has, 0 for none */
  get(hash: number, text: string, owns: (number: number) => boolean): number {
    const { cells, mask } = this;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const word = cells[at * STRIDE + 1]!;
      if (word === 0) return 0;
      if (word === GONE || cells[at * STRIDE] !== hash) continue;
      if (this.texts[word >> 1] === text && owns(word >> 1)) return word >> 1;
    }
  }

  /** Whether the number is this text's. */
  is(number: number, text: string): boolean {
    return this.texts[number] === text;
  }

  textOf(number: number): string {
    return this.texts[number] ?? '';
  }

  /** Tells the numbers of all texts whose hashes are among the probes, each with its bit and the number of the probe. */
  look({ hashes, count }: Probes, tell: (number: number, noted: number, probe: number) => void): void {
    const { cells, mask } = this;
    // None of these loads waits for another: the processor has them all on their way before the first is needed.
    let fetched = 0;
    for (let probe = 0; probe < count; probe += 1) fetched ^= cells[(hashes[probe]! & mask) * STRIDE]!;
    this.fetched = fetched;
    for (let probe = 0; probe < count; probe += 1) {
      const hash = hashes[probe]!;
      for (let at = hash & mask; ; at = (at + 1) & mask) {
        const word = cells[at * STRIDE + 1]!;
        if (word === 0) break;
        if (cells[at * STRIDE] === hash && word !== GONE) tell(word >> 1, word & 1, probe);
      }
    }
  }

  /** Adds a text that is not there yet, its bit not set. */
  add(hash: number, text: string, number: number): void {
    if (this.used * 2 > this.mask) this.rebuild();
    this.texts[number] = text;
    this.size += 1;
    this.place(hash, number << 1);
  }

  /** Sets the bit of a number that is there. */
  note(hash: number, number: number): void {
    this.cells[this.wordOf(hash, number)]! |= 1;
  }

  remove(hash: number, number: number): void {
    this.cells[this.wordOf(hash, number)] = GONE;
    this.texts[number] = undefined;
    this.size -= 1;
  }

  *save(): Generator<Uint8Array> {
    yield jsonChunk([this.used, this.size]);
    yield* intsChunks(this.cells);
    yield* listChunks(Array.from(this.texts, (text) => text ?? null));
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    [this.used, this.size] = reader.json() as [number, number];
    this.cells = yield* reader.ints();
    this.mask = this.cells.length / STRIDE - 1;
    yield* reader.list((text) => this.texts.push((text as string | null) ?? undefined));
  }

  private wordOf(hash: number, number: number): number {
    const { cells, mask } = this;
    let at = hash & mask;
    while (cells[at * STRIDE + 1]! >> 1 !== number) at = (at + 1) & mask;
    return at * STRIDE + 1;
  }

  private place(hash: number, word: number): void {
    const { cells, mask } = this;
    let at = hash & mask;
    while (cells[at * STRIDE + 1] !== 0) at = (at + 1) & mask;
    cells[at * STRIDE] = hash;
    cells[at * STRIDE + 1] = word;
    this.used += 1;
  }

  private rebuild(): void {
    const old = this.cells;
    while (this.size * 4 > this.mask) this.mask = this.mask * 2 + 1;
    this.cells = new Int32Array(STRIDE * (this.mask + 1));
    this.used = 0;
    for (let cell = 0; cell < old.length; cell += STRIDE) {
      if (old[cell + 1]! > 0) this.place(old[cell]!, old[cell + 1]!);
    }
  }
}
