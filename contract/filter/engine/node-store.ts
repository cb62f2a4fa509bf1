import { Ints } from './ints.js';
import { intsChunks, type SnapshotReader } from './snapshot.js';

/**
 * Words of a node, as much as a look needs: how long its list is, with a bit for an open node below; then the list itself while it
 * is closed and so short, else where the list begins. An open node goes on with its mask and the number of its opening.
 */
const STRIDE = 4;
const META = 0;
const START = 1;
const MASK = 2;
const OPENING = 3;
const OPEN = 1;
const INLINE = 3;

/** Words of what only filing asks: the node above, and the value by which one comes from there. */
const WAY = 2;

/**
 * The nodes of an access index. Longer lists lie in one pool in stretches of powers of two; stretches that lists have outgrown
 * are used again.
 */
export class NodeStore {
  private readonly nodes = new Ints();
  private readonly ways = new Ints();
  private readonly pool = new Ints(1024);
  /** The first free stretch of each power of two, each pointing to the next; 0 ends. */
  private readonly free = new Int32Array(31);
  /** Keeps what is fetched ahead from being left out as unused. */
  private fetched = 0;

  constructor() {
    // 0 is no node and no stretch.
    this.add(0, 0);
    this.pool.extend(1);
  }

  add(parent: number, via: number): number {
    const way = this.ways.extend(WAY);
    this.ways.data[way] = parent;
    this.ways.data[way + 1] = via;
    return this.nodes.extend(STRIDE) / STRIDE;
  }

  parent(node: number): number {
    return this.ways.data[node * WAY]!;
  }

  /** The value that leads here from the parent. */
  via(node: number): number {
    return this.ways.data[node * WAY + 1]!;
  }

  isOpen(node: number): boolean {
    return (this.nodes.data[node * STRIDE + META]! & OPEN) !== 0;
  }

  length(node: number): number {
    return this.nodes.data[node * STRIDE + META]! >> 1;
  }

  /** Which sources the children of an open node are of, as bits. */
  mask(node: number): number {
    return this.nodes.data[node * STRIDE + MASK]!;
  }

  addToMask(node: number, bit: number): void {
    this.nodes.data[node * STRIDE + MASK]! |= bit;
  }

  /** The number of what else an open node has; 0 for nothing. */
  opening(node: number): number {
    return this.nodes.data[node * STRIDE + OPENING]!;
  }

  setOpening(node: number, opening: number): void {
    this.nodes.data[node * STRIDE + OPENING] = opening;
  }

  append(node: number, program: number): void {
    const { data } = this.nodes;
    const at = node * STRIDE;
    const meta = data[at + META]!;
    const length = meta >> 1;
    data[at + META] = meta + 2;
    if (isInline(meta + 2)) data[at + START + length] = program;
    else {
      if (isInline(meta)) this.moveOut(at, length);
      else if (length === 0) data[at + START] = this.allocate(0);
      else if (roomFor(length + 1) > roomFor(length)) this.widen(at, length);
      this.pool.data[data[at + START]! + length] = program;
    }
  }

  /** Makes a closed node an open one, and takes its programs out. */
  open(node: number): Int32Array {
    const { data } = this.nodes;
    const at = node * STRIDE;
    const programs = new Ints();
    this.copy(node, programs);
    if (!isInline(data[at + META]!)) this.release(data[at + START]!, roomFor(programs.length));
    data[at + META] = OPEN;
    data.fill(0, at + START, at + STRIDE);
    return programs.data.subarray(0, programs.length);
  }

  /** Lets the processor fetch these nodes side by side. */
  fetch({ data: nodes, length }: Ints): void {
    const { data } = this.nodes;
    let fetched = 0;
    for (let at = 0; at < length; at += 1) fetched ^= data[nodes[at]! * STRIDE]!;
    this.fetched = fetched;
  }

  /** Copies the node's programs to the end of `into`. */
  copy(node: number, into: Ints): void {
    const { data } = this.nodes;
    const at = node * STRIDE;
    const meta = data[at + META]!;
    const length = meta >> 1;
    if (length === 0) return;
    const to = into.extend(length);
    const inline = isInline(meta);
    const source = inline ? data : this.pool.data;
    const start = inline ? at + START : data[at + START]!;
    const target = into.data;
    for (let index = 0; index < length; index += 1) target[to + index] = source[start + index]!;
  }

  *save(): Generator<Uint8Array> {
    for (const ints of [this.nodes, this.ways, this.pool]) yield* ints.save();
    yield* intsChunks(this.free);
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    for (const ints of [this.nodes, this.ways, this.pool]) yield* ints.load(reader);
    this.free.set(yield* reader.ints());
  }

  private moveOut(at: number, length: number): void {
    const { data } = this.nodes;
    const start = this.allocate(roomFor(length + 1));
    for (let index = 0; index < length; index += 1) this.pool.data[start + index] = data[at + START + index]!;
    data[at + START] = start;
  }

  private widen(at: number, length: number): void {
    const { data } = this.nodes;
    const old = data[at + START]!;
    const start = this.allocate(roomFor(length + 1));
    this.pool.data.copyWithin(start, old, old + length);
    this.release(old, roomFor(length));
    data[at + START] = start;
  }

  private allocate(room: number): number {
    const start = this.free[room]!;
    if (start === 0) return this.pool.extend(1 << room);
    this.free[room] = this.pool.data[start]!;
    return start;
  }

  private release(start: number, room: number): void {
    this.pool.data[start] = this.free[room]!;
    this.free[room] = start;
  }
}

function isInline(meta: number): boolean {
  return (meta & OPEN) === 0 && meta >> 1 <= INLINE;
}

/** The power of two that so many programs take. */
function roomFor(length: number): number {
  return 32 - Math.clz32(length - 1);
}
