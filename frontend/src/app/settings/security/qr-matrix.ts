/**
 * QR codes (ISO/IEC 18004) of a text: byte mode, error correction M, versions 1 to 20, mask 0. A reader takes any mask; the choice
 * among eight is left out, since random secrets have no patterns that it would have to break up.
 */

/** Error correction codewords of a block, and blocks, by version (table 9, level M). */
const CHECK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
/** Level M and mask 0 with their check bits, masked (table C.1). */
const FORMAT = 0b101010000010010;

/**
 * @returns rows of modules, true for dark, without the quiet zone of four
 * @throws RangeError for a text of more than 660 bytes or so
 */
export function qrMatrix(text: string): readonly (readonly boolean[])[] {
  const bytes = new TextEncoder().encode(text);
  const version = CHECK.findIndex((_, index) => bytes.length + header(index + 1) <= dataCodewords(index + 1)) + 1;
  if (version === 0) throw new RangeError('This text is too long for a QR code.');
  const canvas = new Canvas(version);
  canvas.fill(interleaved(version, codewords(bytes, version)));
  return canvas.rows;
}

/** Bytes that mode and length take, with the terminator's four bits. */
const header = (version: number): number => (version < 10 ? 2 : 3);
const rawModules = (version: number): number => {
  const align = version === 1 ? 0 : Math.floor(version / 7) + 2;
  const alignments = version === 1 ? 0 : (25 * align - 10) * align - 55;
  return (16 * version + 128) * version + 64 - alignments - (version >= 7 ? 36 : 0);
};
const allCodewords = (version: number): number => Math.floor(rawModules(version) / 8);
const of = (table: readonly number[], version: number): number => table[version - 1] ?? 0;
const dataCodewords = (version: number): number => allCodewords(version) - of(CHECK, version) * of(BLOCKS, version);

function codewords(bytes: Uint8Array, version: number): number[] {
  const length = version < 10 ? 8 : 16;
  const bits = ['0100', bytes.length.toString(2).padStart(length, '0')];
  for (const byte of bytes) bits.push(byte.toString(2).padStart(8, '0'));
  const joined = `${bits.join('')}0000`;
  const words = (joined.padEnd(Math.ceil(joined.length / 8) * 8, '0').match(/.{8}/g) ?? []).map((word) =>
    parseInt(word, 2),
  );
  for (let pad = 0xec; words.length < dataCodewords(version); pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** Blocks with their check words, taken in turns; the first blocks are one shorter when the words do not divide. */
function interleaved(version: number, words: readonly number[]): number[] {
  const count = of(BLOCKS, version);
  const long = words.length % count;
  const short = Math.floor(words.length / count);
  const generator = generatorOf(of(CHECK, version));
  const blocks: number[][] = [];
  for (let block = 0, at = 0; block < count; block++) {
    const size = short + (block >= count - long ? 1 : 0);
    blocks.push(words.slice(at, at + size));
    at += size;
  }
  const checks = blocks.map((block) => remainder(block, generator));
  return [...turns(blocks), ...turns(checks)];
}

function turns(blocks: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...blocks.map(({ length }) => length));
  const column = (index: number) => blocks.flatMap((block) => (index < block.length ? [block[index] ?? 0] : []));
  return Array.from({ length: longest }, (_, index) => column(index)).flat();
}

/** In GF(256) over x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

/** The coefficients of (x - 1)(x - 2)(x - 4)…, without the leading one. */
function generatorOf(degree: number): number[] {
  let result = [1];
  for (let index = 0, root = 1; index < degree; index++, root = times(root, 2)) {
    const product = [...result, 0];
    result.forEach((term, at) => (product[at + 1] = (product[at + 1] ?? 0) ^ times(term, root)));
    result = product;
  }
  return result.slice(1);
}

function remainder(words: readonly number[], generator: readonly number[]): number[] {
  let rest = generator.map(() => 0);
  for (const word of words) {
    const factor = word ^ (rest[0] ?? 0);
    rest = [...rest.slice(1), 0].map((term, at) => term ^ times(generator[at] ?? 0, factor));
  }
  return rest;
}

class Canvas {
  readonly rows: boolean[][];
  private readonly taken: boolean[][];
  private readonly size: number;

  constructor(private readonly version: number) {
    this.size = version * 4 + 17;
    const empty = () => Array.from({ length: this.size }, () => Array.from({ length: this.size }, () => false));
    this.rows = empty();
    this.taken = empty();
    this.drawPatterns();
  }

  /** From the right in columns of two, up and down in turns, around what is taken. */
  fill(words: readonly number[]): void {
    let bit = 0;
    let up = true;
    // The column of the timing pattern is passed over.
    for (let right = this.size - 1; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
      for (let step = 0; step < this.size; step++) {
        const y = up ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.taken[y]?.[x]) continue;
          const dark = (((words[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1;
          this.set(x, y, dark !== ((x + y) % 2 === 0));
          bit++;
        }
      }
    }
  }

  private drawPatterns(): void {
    const { size, version } = this;
    for (let at = 0; at < size; at++) {
      this.set(6, at, at % 2 === 0);
      this.set(at, 6, at % 2 === 0);
    }
    for (const [x, y] of [
      [3, 3],
      [size - 4, 3],
      [3, size - 4],
    ] as const)
      this.square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
    const centres = alignments(version, size);
    const last = centres.length - 1;
    centres.forEach((y, row) =>
      centres.forEach((x, column) => {
        const corner = (row === 0 && (column === 0 || column === last)) || (row === last && column === 0);
        if (!corner) this.square(x, y, 2, (ring) => ring !== 1);
      }),
    );
    this.drawFormat();
    if (version >= 7) this.drawVersion();
  }

  private square(x: number, y: number, radius: number, dark: (ring: number) => boolean): void {
    for (let dy = -radius; dy <= radius; dy++)
      for (let dx = -radius; dx <= radius; dx++) this.set(x + dx, y + dy, dark(Math.max(Math.abs(dx), Math.abs(dy))));
  }

  private drawFormat(): void {
    const { size } = this;
    for (let bit = 0; bit < 15; bit++) {
      const dark = ((FORMAT >>> bit) & 1) === 1;
      // Around the first corner, passing by the timing pattern; and shared by the other two.
      if (bit < 8) this.set(8, bit < 6 ? bit : bit + 1, dark);
      else this.set(bit === 8 ? 7 : 14 - bit, 8, dark);
      if (bit < 8) this.set(size - 1 - bit, 8, dark);
      else this.set(8, size - 15 + bit, dark);
    }
    this.set(8, size - 8, true);
  }

  private drawVersion(): void {
    let rest = this.version;
    for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let bit = 0; bit < 18; bit++) {
      const dark = ((bits >>> bit) & 1) === 1;
      const [far, near] = [this.size - 11 + (bit % 3), Math.floor(bit / 3)];
      this.set(far, near, dark);
      this.set(near, far, dark);
    }
  }

  private set(x: number, y: number, dark: boolean): void {
    const [row, taken] = [this.rows[y], this.taken[y]];
    if (!row || !taken || x < 0 || x >= this.size) return;
    row[x] = dark;
    taken[x] = true;
  }
}

/** Where the centres of the small squares are, on both axes. */
function alignments(version: number, size: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((size - 13) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => size - 7 - (count - 2 - index) * step)];
}
