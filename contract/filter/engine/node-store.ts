import { Ints } from './ints.js';

/** Words of a node: where its list begins, how long it is, the power of two that has room for it, and the rest below. */
const STRIDE = 6;
const START = 0;
const LENGTH = 1;
const ROOM = 2;
const OPENING = 3;
const PARENT = 4;
const VIA = 5;

/**
 * The nodes of an access index: a list of programs each, the node above, and the value by which one comes from there.
 * Lists lie in one pool in stretches of powers of two; stretches that lists have outgrown are used again.
 */
export class NodeStore {
  private readonly nodes = new Ints();
  private readonly pool = new Ints(1024);
  /** The first free stretch of each power of two, each pointing to the next; 0 ends. */
  private readonly free = new Int32Array(31);

  constructor() {
    // 0 is no node and no stretch.
    this.nodes.extend(STRIDE);
    this.pool.extend(1);
  }

  add(parent: number, via: number): number {
    const at = this.nodes.extend(STRIDE);
    const { data } = this.nodes;
    data[at + ROOM] = -1;
    data[at + PARENT] = parent;
    data[at + VIA] = via;
    return at / STRIDE;
  }

  parent(node: number): number {
    return this.nodes.data[node * STRIDE + PARENT]!;
  }

  /** The value that leads here from the parent. */
  via(node: number): number {
    return this.nodes.data[node * STRIDE + VIA]!;
  }

  /** 0 while the node is closed. */
  opening(node: number): number {
    return this.nodes.data[node * STRIDE + OPENING]!;
  }

  open(node: number, opening: number): void {
    this.nodes.data[node * STRIDE + OPENING] = opening;
  }

  length(node: number): number {
    return this.nodes.data[node * STRIDE + LENGTH]!;
  }

  append(node: number, program: number): void {
    const { data } = this.nodes;
    const at = node * STRIDE;
    const length = data[at + LENGTH]!;
    if (data[at + ROOM]! < 0 || length === 1 << data[at + ROOM]!) this.widen(at, length);
    this.pool.data[data[at + START]! + length] = program;
    data[at + LENGTH] = length + 1;
  }

  /** Takes the node's programs out. */
  drain(node: number): Int32Array {
    const { data } = this.nodes;
    const at = node * STRIDE;
    const start = data[at + START]!;
    const programs = this.pool.data.slice(start, start + data[at + LENGTH]!);
    this.release(start, data[at + ROOM]!);
    data[at + LENGTH] = 0;
    data[at + ROOM] = -1;
    return programs;
  }

  /** Copies the node's programs to the end of `into`. */
  copy(node: number, into: Ints): void {
    const { data } = this.nodes;
    const at = node * STRIDE;
    const start = data[at + START]!;
    const length = data[at + LENGTH]!;
    const to = into.extend(length);
    const source = this.pool.data;
    const target = into.data;
    for (let index = 0; index < length; index += 1) target[to + index] = source[start + index]!;
  }

  private widen(at: number, length: number): void {
    const { data } = this.nodes;
    const room = data[at + ROOM]!;
    const start = this.allocate(room + 1);
    if (room >= 0) {
      const old = data[at + START]!;
      this.pool.data.copyWithin(start, old, old + length);
      this.release(old, room);
    }
    data[at + START] = start;
    data[at + ROOM] = room + 1;
  }

  private allocate(room: number): number {
    const start = this.free[room]!;
    if (start === 0) return this.pool.extend(1 << room);
    this.free[room] = this.pool.data[start]!;
    return start;
  }

  private release(start: number, room: number): void {
    if (room < 0) return;
    this.pool.data[start] = this.free[room]!;
    this.free[room] = start;
  }
}
