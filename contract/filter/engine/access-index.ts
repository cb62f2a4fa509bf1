import type { Asked } from './asked.js';
import { ChildTable, pairHash } from './child-table.js';
import type { Dimension } from './dimension.js';
import { Ints } from './ints.js';
import { NodeStore } from './node-store.js';
import { Openings } from './openings.js';
import type { Side } from './ordered-list.js';
import { HEADER, type ProgramStore } from './program-store.js';
import { ALL, ANY, HIGH, HOLDS, joined, KIND, LIMIT, LIMIT_SHIFT, NOT, SHIFT, widthOf } from './program.js';
import type { SnapshotReader } from './snapshot.js';
import type { ValueTable } from './value-table.js';

/** A list longer than this is split by a further value of its programs. */
const OPEN_AT = 12;
/** Below the root a program is not filed more often than this by one choice: its alternatives would multiply. */
const MOST_COPIES = 8;
/** An alternative more costs a place in memory, which is worth a candidate now and then. */
const COPY_PENALTY = 1;

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
  private readonly children = new ChildTable();
  private readonly openings: Openings;
  private readonly found = new Ints(256);
  /** The nodes of one depth, and those of the next. */
  private readonly level = new Ints(64);
  private readonly deeper = new Ints(64);
  private readonly pairs = new Ints(64);

  constructor(
    private readonly values: ValueTable,
    dimensions: readonly Dimension[],
    private readonly programs: ProgramStore,
  ) {
    this.openings = new Openings(dimensions);
  }

  addRoot(): number {
    return this.nodes.add(0, 0);
  }

  /** Files a program at or below a node. */
  file(node: number, program: number): void {
    if (!this.nodes.isOpen(node)) {
      this.nodes.append(node, program);
      if (this.nodes.length(node) > OPEN_AT) this.open(node);
      return;
    }
    const from = program + HEADER;
    const to = from + this.programs.lengthOf(program);
    const cover = this.choose(node, from, to);
    if (cover) {
      for (const value of cover.values) this.file(this.child(node, value), program);
    } else if (!this.fileByLimit(node, program, from, to)) {
      this.nodes.append(node, program);
    }
  }

  /**
   * The handles of programs that the event may answer, some perhaps twice. Valid until the next call.
   *
   * Among many filters nearly every step is to memory that no cache holds, so all steps of one depth are taken together.
   */
  collect(root: number, asked: Asked): Ints {
    const { found, level, deeper, nodes } = this;
    found.length = 0;
    level.length = 0;
    level.push(root);
    while (level.length > 0) {
      this.pairs.length = 0;
      nodes.fetch(level);
      for (let at = 0; at < level.length; at += 1) {
        const node = level.data[at]!;
        nodes.copy(node, found);
        if (nodes.isOpen(node)) this.enter(node, asked);
      }
      asked.steps += level.length + this.pairs.length;
      deeper.length = 0;
      this.children.look(this.pairs, deeper);
      level.length = 0;
      for (let at = 0; at < deeper.length; at += 1) level.push(deeper.data[at]!);
    }
    return found;
  }

  *save(): Generator<Uint8Array> {
    for (const part of [this.nodes, this.children, this.openings]) yield* part.save();
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    for (const part of [this.nodes, this.children, this.openings]) yield* part.load(reader);
  }

  private enter(node: number, asked: Asked): void {
    const { held, heldBits, heldCount } = this.values;
    const mask = this.nodes.mask(node);
    for (let at = 0; at < heldCount; at += 1) {
      if ((mask & heldBits[at]!) !== 0) this.pairs.push(pairHash(node, held[at]!));
    }
    const opening = this.nodes.opening(node);
    if (opening !== 0) this.openings.collect(opening, asked, this.found);
  }

  private open(node: number): void {
    for (const program of this.nodes.open(node)) {
      if (this.programs.lengthOf(program) >= 0) this.file(node, program);
    }
  }

  private child(node: number, value: number): number {
    // Also for a child that is there: the number may have been another value's before.
    this.nodes.addToMask(node, this.values.bitOf(value));
    this.values.markFiled(value);
    const hash = pairHash(node, value);
    const known = this.children.find(
      hash,
      (child) => this.nodes.parent(child) === node && this.nodes.via(child) === value,
    );
    if (known !== 0) return known;
    const child = this.nodes.add(node, value);
    this.children.add(hash, child);
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

  private fileByLimit(node: number, program: number, from: number, to: number): boolean {
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
      const high = isStretch ? joined(data[at + 4]!, data[at + 5]!) : 0;
      this.openings.file(this.openingOf(node), dimension, side, program, limit, high);
      return true;
    }
    return false;
  }

  private openingOf(node: number): number {
    let opening = this.nodes.opening(node);
    if (opening === 0) this.nodes.setOpening(node, (opening = this.openings.add()));
    return opening;
  }
}
