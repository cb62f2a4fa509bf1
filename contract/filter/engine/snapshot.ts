/** Words that begin every chunk: what it holds, how many bytes follow, and their sum. */
const HEAD = 3;
/** More bytes than any chunk that is written: a damaged length must not ask for all memory. */
const MOST_BYTES = 1 << 28;
/** Words of a chunk of integers, and entries of a chunk of a list: a few megabytes at most. */
const PORTION = 1 << 20;
const ENTRIES = 8_192;
const JSON_CHUNK = 0x4a534f4e;
const INTS_CHUNK = 0x494e5453;
/** Ends a snapshot: one without it is not whole. */
const END_CHUNK = 0x454e4421;

/** What is wrong with a snapshot: it costs the time of filling an engine anew, and nothing else. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** Any value that JSON holds, as a chunk. */
export function jsonChunk(value: unknown): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(value));
  // Blanks up to a whole number of words.
  const padded = new Uint8Array(Math.ceil(text.length / 4) * 4).fill(0x20);
  padded.set(text);
  return chunk(JSON_CHUNK, new Int32Array(padded.buffer));
}

/** Integers as chunks, the first of which says how many; in the byte order of the machine: every one that Node runs on has the same. */
export function* intsChunks(words: Int32Array): Generator<Uint8Array> {
  yield chunk(INTS_CHUNK, [words.length]);
  for (let at = 0; at < words.length; at += PORTION) yield chunk(INTS_CHUNK, words.subarray(at, at + PORTION));
}

/** A list of anything that JSON holds, a few thousand entries a chunk; an empty chunk ends it. */
export function* listChunks(items: Iterable<unknown>): Generator<Uint8Array> {
  let portion: unknown[] = [];
  for (const item of items) {
    if (portion.push(item) < ENTRIES) continue;
    yield jsonChunk(portion);
    portion = [];
  }
  if (portion.length > 0) yield jsonChunk(portion);
  yield jsonChunk([]);
}

export function endChunk(): Uint8Array {
  return chunk(END_CHUNK, []);
}

function chunk(kind: number, words: ArrayLike<number>): Uint8Array {
  const all = new Int32Array(HEAD + words.length);
  all.set(words, HEAD);
  all[0] = kind;
  all[1] = words.length * 4;
  all[2] = sumOf(all.subarray(HEAD));
  return new Uint8Array(all.buffer);
}

/** FNV-1a over words: finds what a disk or a cut has damaged. */
function sumOf(words: Int32Array): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < words.length; at += 1) sum = Math.imul(sum ^ words[at]!, 0x01000193);
  return sum | 0;
}

/** Reads chunks back, however the bytes were cut meanwhile. */
export class SnapshotReader {
  private readonly source: Iterator<Uint8Array>;
  private rest = new Uint8Array(0);

  constructor(chunks: Iterable<Uint8Array>) {
    this.source = chunks[Symbol.iterator]();
  }

  json(): unknown {
    const words = this.chunk(JSON_CHUNK);
    try {
      return JSON.parse(new TextDecoder().decode(new Uint8Array(words.buffer, words.byteOffset, words.byteLength)));
    } catch (error) {
      throw new SnapshotError(`The snapshot is damaged: ${String(error)}`);
    }
  }

  /** What `intsChunks` wrote; pauses after each chunk. */
  *ints(): Generator<void, Int32Array<ArrayBuffer>> {
    const words = new Int32Array(this.chunk(INTS_CHUNK)[0]!);
    for (let at = 0; at < words.length; at += PORTION) {
      words.set(this.chunk(INTS_CHUNK), at);
      yield;
    }
    return words;
  }

  /** What `listChunks` wrote, entry by entry; pauses after each chunk. */
  *list(take: (item: unknown) => void): Generator<void, void> {
    for (;;) {
      const portion = this.json() as unknown[];
      if (portion.length === 0) return;
      for (const item of portion) take(item);
      yield;
    }
  }

  end(): void {
    this.chunk(END_CHUNK);
  }

  private chunk(kind: number): Int32Array {
    const [found, bytes = 0, sum] = this.take(HEAD * 4);
    if (found !== kind || bytes < 0 || bytes > MOST_BYTES || bytes % 4 !== 0)
      throw new SnapshotError('The snapshot is damaged, or none at all.');
    const words = this.take(bytes);
    if (sumOf(words) !== sum) throw new SnapshotError('The snapshot is damaged: a sum differs.');
    return words;
  }

  private take(bytes: number): Int32Array {
    const taken = new Uint8Array(bytes);
    for (let at = 0; at < bytes;) {
      if (this.rest.length === 0) this.rest = this.more();
      const part = this.rest.subarray(0, bytes - at);
      taken.set(part, at);
      at += part.length;
      this.rest = this.rest.subarray(part.length);
    }
    return new Int32Array(taken.buffer);
  }

  private more(): Uint8Array<ArrayBuffer> {
    for (;;) {
      const { done, value } = this.source.next();
      if (done) throw new SnapshotError('The snapshot ends too early.');
      if (value.length > 0) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
    }
  }
}
