import type { Asked } from './asked.js';
import type { Dimension } from './dimension.js';
import { Ints } from './ints.js';
import { NodeStore } from './node-store.js';
import { OrderedList, type Side } from './ordered-list.js';
import { PairTable } from './pair-table.js';
import { HEADER, type ProgramStore } from './program-store.js';
import { ALL, ANY, HIGH, HOLDS, joined, KIND, LIMIT, LIMIT_SHIFT, NOT, SHIFT, widthOf } from './program.js';
import type { ValueTable } from './value-table.js';

/** A list longer than this is split by a further value of its programs. */
const OPEN_AT = 12;
/** Below the root a program is not filed more often than this by one choice: its alternatives would multiply. */
const MOST_COPIES = 8;
/** An alternative more costs a place in memory, which is worth a candidate now and then. */
const COPY_PENALTY = 1;

/** What an open node knows besides its children: which sources they are of, and its lists by limit. */
interface Opening {
  mask: number;
  readonly ordered: OrderedList[];
}

/** Values of which every subject that a program describes holds at least one; `score` tells how popular they are. */
interface Cover {
  readonly score: number;
  readonly values: readonly number[];
}

/**
 * Finds the programs that an event may answer, by values that it holds.
 *
 * Each program is filed under the value that the fewest events hold. A node whose list grows past a dozen opens: what it
 * held moves on to children by each program's next rarest value, else to lists in the order of a fixed limit, else stays. So
 * popular values divide into pairs and triples by themselves, as far as there are filters for it (the idea of BE-Tree, Sadoghi
 * and Jacobsen, SIGMOD 2011, with counts of what events hold in the place of its cost model).
 */
export class AccessIndex {
  private readonly nodes = new NodeStore();
  private readonly children = new PairTable();
  private readonly openings: Opening[] = [];
  private readonly found = new Ints(256);
  private readonly stack = new Ints(64);

  constructor(
    private readonly values: ValueTable,
    private readonly dimensions: readonly Dimension[],
    private readonly programs: ProgramStore,
  ) {}

  addRoot(): number {
    return this.nodes.add(0, 0);
  }

  /** Files a program at or below a node. */
  file(node: number, program: number): void {
    const opening = this.nodes.opening(node);
    if (opening === 0) {
      this.nodes.append(node, program);
      if (this.nodes.length(node) > OPEN_AT) this.open(node);
      return;
    }
    const from = program + HEADER;
    const to = from + this.programs.lengthOf(program);
    const cover = this.choose(node, from, to);
    if (cover) {
      for (const value of cover.values) this.file(this.child(node, value, opening), program);
    } else if (!this.fileByLimit(this.openings[opening - 1]!, program, from, to)) {
      this.nodes.append(node, program);
    }
  }

  /** The handles of programs that the event may answer, some perhaps twice. Valid until the next call. */
  collect(root: number, asked: Asked): Ints {
    const { found, stack, nodes, children, values } = this;
    const { held, heldBits, heldCount } = values;
    found.length = 0;
    stack.length = 0;
    stack.push(root);
    while (stack.length > 0) {
      const node = stack.data[--stack.length]!;
      nodes.copy(node, found);
      const opening = nodes.opening(node);
      if (opening === 0) continue;
      const { mask, ordered } = this.openings[opening - 1]!;
      for (let at = 0; at < heldCount; at += 1) {
        if ((mask & heldBits[at]!) === 0) continue;
        const child = children.get(node, held[at]!);
        if (child !== 0) stack.push(child);
      }
      for (const list of ordered) list.collect(this.dimensions[list.dimension]!, asked, found);
    }
    return found;
  }

  private open(node: number): void {
    const programs = this.nodes.drain(node);
    this.nodes.open(node, this.openings.push({ mask: 0, ordered: [] }));
    for (const program of programs) if (this.programs.lengthOf(program) >= 0) this.file(node, program);
  }

  private child(node: number, value: number, opening: number): number {
    // Also for a child that is there: the number may have been another source's value before.
    this.openings[opening - 1]!.mask |= this.values.bitOf(value);
    const known = this.children.get(node, value);
    if (known !== 0) return known;
    const child = this.nodes.add(node, value);
    this.values.markFiled(value);
    this.children.add(node, value, child);
    return child;
  }

  /** The rarest cover among the program's literals, leaving out what has led to this node already. */
  private choose(node: number, from: number, to: number): Cover | undefined {
    const most = this.nodes.parent(node) === 0 ? Infinity : MOST_COPIES;
    const { data } = this.programs.words;
    let best: Cover | undefined;
    for (let at = from; at < to; at += widthOf(data[at]!)) {
      const cover = this.cover(at);
      if (!cover || cover.values.length > most || (best && cover.score >= best.score)) continue;
      if (!cover.values.some((value) => this.leadsTo(node, value))) best = cover;
    }
    return best;
  }

  private leadsTo(node: number, value: number): boolean {
    for (let at = node; at !== 0; at = this.nodes.parent(at)) if (this.nodes.via(at) === value) return true;
    return false;
  }

  private cover(at: number): Cover | undefined {
    const { data } = this.programs.words;
    const word = data[at]!;
    const number = word >>> SHIFT;
    switch (word & KIND) {
      case HOLDS:
        return word & NOT ? undefined : { score: this.values.popularity(number), values: [number] };
      case ANY:
        return this.coverOfAny(at + 1, at + 1 + number);
      case ALL:
        return this.choose(0, at + 1, at + 1 + number);
      default:
        return undefined;
    }
  }

  /** Alternatives are covered when each of them is; none at all by nothing. */
  private coverOfAny(from: number, to: number): Cover | undefined {
    const { data } = this.programs.words;
    const values = new Set<number>();
    let score = 0;
    for (let at = from; at < to; at += widthOf(data[at]!)) {
      const cover = this.cover(at);
      if (!cover) return undefined;
      for (const value of cover.values) values.add(value);
      score += cover.score + COPY_PENALTY;
    }
    return { score, values: [...values] };
  }

  private fileByLimit({ ordered }: Opening, program: number, from: number, to: number): boolean {
    const { data } = this.programs.words;
    for (let at = from; at < to; at += widthOf(data[at]!)) {
      const word = data[at]!;
      if ((word & (KIND | NOT)) !== LIMIT) continue;
      const limit = joined(data[at + 1]!, data[at + 2]!);
      const number = word >>> SHIFT;
      const dimension = number >>> LIMIT_SHIFT;
      const next = at + 3 < to ? data[at + 3]! : ANY;
      const isStretch =
        (number & HIGH) === 0 &&
        (next & (KIND | NOT)) === LIMIT &&
        next >>> (SHIFT + LIMIT_SHIFT) === dimension &&
        ((next >>> SHIFT) & HIGH) !== 0;
      const side: Side = isStretch ? 'between' : number & HIGH ? 'high' : 'low';
      let list = ordered.find((known) => known.dimension === dimension && known.side === side);
      if (!list) ordered.push((list = new OrderedList(dimension, side)));
      list.add(program, limit, isStretch ? joined(data[at + 4]!, data[at + 5]!) : 0);
      return true;
    }
    return false;
  }
}
