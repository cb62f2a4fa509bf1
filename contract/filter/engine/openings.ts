import type { Dimension } from './dimension.js';
import type { Asked } from './asked.js';
import { Ints } from './ints.js';
import { OrderedList, type Side } from './ordered-list.js';
import { intsChunks, type SnapshotReader } from './snapshot.js';

const SIDES: readonly Side[] = ['high', 'low', 'between'];
/** Words by which a snapshot names a list: its opening, dimension, side and length. */
const HEAD = 4;

/** The lists by limit of those open nodes that have some, numbered from 1. */
export class Openings {
  private readonly lists: OrderedList[][] = [[]];

  constructor(private readonly dimensions: readonly Dimension[]) {}

  /** @returns the number of a new one */
  add(): number {
    return this.lists.push([]) - 1;
  }

  /** Files a program by a limit of its own. */
  file(opening: number, dimension: number, side: Side, program: number, limit: number, high: number): void {
    const lists = this.lists[opening]!;
    let list = lists.find((known) => known.dimension === dimension && known.side === side);
    if (!list) lists.push((list = new OrderedList(dimension, side)));
    list.add(program, limit, high);
  }

  /** Appends to `into` the programs of an opening whose limits the event keeps, and perhaps a few others. */
  collect(opening: number, asked: Asked, into: Ints): void {
    for (const list of this.lists[opening]!) list.collect(this.dimensions[list.dimension]!, asked, into);
  }

  /** Column by column: there are too many lists for a chunk each. */
  *save(): Generator<Uint8Array> {
    const all = this.lists.flatMap((lists, opening) => lists.map((list) => ({ opening, list, ...list.columns() })));
    const heads = new Ints();
    for (const { opening, list, programs } of all)
      for (const word of [opening, list.dimension, SIDES.indexOf(list.side), programs.length]) heads.push(word);
    const total = (of: (columns: (typeof all)[number]) => number) => all.reduce((sum, one) => sum + of(one), 0);
    const programs = new Int32Array(total((one) => one.programs.length));
    const limits = new Float64Array(total((one) => one.limits.length + one.highs.length));
    let [at, to] = [0, 0];
    for (const one of all) {
      programs.set(one.programs, at);
      at += one.programs.length;
      for (const column of [one.limits, one.highs]) {
        limits.set(column, to);
        to += column.length;
      }
    }
    yield* intsChunks(Int32Array.of(this.lists.length));
    yield* heads.save();
    yield* intsChunks(programs);
    yield* intsChunks(new Int32Array(limits.buffer));
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    const [count = 1] = yield* reader.ints();
    while (this.lists.length < count) this.add();
    const heads = yield* reader.ints();
    const programs = yield* reader.ints();
    const limits = new Float64Array((yield* reader.ints()).buffer);
    let [at, from] = [0, 0];
    for (let head = 0; head < heads.length; head += HEAD) {
      const [opening, dimension, side, length] = heads.subarray(head, head + HEAD);
      const list = new OrderedList(dimension!, SIDES[side!]!);
      const taken = (more: number) => limits.subarray(from, (from += more));
      list.load({
        programs: programs.subarray(at, (at += length!)),
        limits: taken(length!),
        highs: taken(list.side === 'between' ? length! : 0),
      });
      this.lists[opening!]!.push(list);
    }
  }
}
