import type { BoundFilter } from '../bound.js';
import type { FieldCatalogue } from '../fields.js';
import type { Moment } from '../leaves.js';
import type { Subject } from '../read.js';
import { AccessIndex } from './access-index.js';
import { Asked } from './asked.js';
import { DimensionTable } from './dimension-table.js';
import { Evaluation } from './evaluation.js';
import { grown, Ints } from './ints.js';
import { eachName, HOLDS } from './program.js';
import { HEADER, ProgramStore } from './program-store.js';
import { ProgramWriter } from './program-writer.js';
import { TestTable } from './test-table.js';
import { ValueTable } from './value-table.js';

/** Removed programs are swept up when they take more than the others and this many words. */
const LEAST_WASTE = 1 << 16;

/**
 * Many filters of one target, asked about one event at a time. What an event costs follows from the filters it matches and
 * nearly matches, not from how many there are.
 *
 * Synchronous and not re-entrant: filters come and go between two matches.
 */
export class FilterEngine {
  private readonly values = new ValueTable();
  private readonly tests: TestTable;
  private readonly dimensions = new DimensionTable();
  private readonly asked = new Asked();
  private readonly writer: ProgramWriter;
  private readonly evaluation: Evaluation;
  private programs = new ProgramStore();
  private index: AccessIndex;
  /** The root of each partition's filters; those without any are gone after the next sweep. */
  private roots = new Map<string, number>();
  private readonly slots = new Map<string, number>();
  private readonly keys: (string | undefined)[] = [];
  private readonly partitions: string[] = [];
  /** Each filter's first program. */
  private readonly heads = new Ints();
  private readonly freeSlots: number[] = [];
  private seen = new Int32Array(64);

  constructor(private readonly catalogue: FieldCatalogue) {
    this.tests = new TestTable(catalogue);
    this.writer = new ProgramWriter(catalogue, this.values, this.tests, this.dimensions);
    this.evaluation = new Evaluation(this.values, this.tests, this.dimensions.list, this.asked);
    this.index = new AccessIndex(this.values, this.dimensions.list, this.programs);
  }

  /** How many filters there are. */
  get size(): number {
    return this.slots.size;
  }

  /**
   * Adds a filter, or replaces the one of this key.
   *
   * @param partition an event is asked only of the filters of its own partition: a workspace
   * @throws Error for a filter of another catalogue, and for what no check of a filter lets through; nothing is changed then
   */
  put(key: string, filter: BoundFilter, partition = ''): void {
    if (filter.catalogue !== this.catalogue) {
      throw new Error(`A filter of ${filter.catalogue.target} cannot be asked about ${this.catalogue.target}.`);
    }
    const bodies = this.write(filter);
    this.remove(key);
    const slot = this.freeSlots.pop() ?? this.heads.push(0);
    this.occupy(slot, key, partition);
    for (const body of bodies) this.addProgram(slot, body);
    this.fileSlot(slot);
  }

  /** @returns whether there was a filter of this key */
  remove(key: string): boolean {
    const slot = this.slots.get(key);
    if (slot === undefined) return false;
    const { words } = this.programs;
    for (let program = this.heads.data[slot]!; program !== 0; program = this.programs.nextOf(program)) {
      const from = program + HEADER;
      this.release(words.data, from, from + this.programs.lengthOf(program));
      this.programs.remove(program);
    }
    this.slots.delete(key);
    this.keys[slot] = undefined;
    this.heads.data[slot] = 0;
    this.freeSlots.push(slot);
    if (this.programs.wasted > Math.max(LEAST_WASTE, words.length / 2)) this.sweep();
    return true;
  }

  has(key: string): boolean {
    return this.slots.has(key);
  }

  /** The keys of all filters that the subject matches, in no particular order. Never throws, whatever the subject holds. */
  match(subject: Subject, moment: Moment, partition = ''): string[] {
    const matches: string[] = [];
    const root = this.roots.get(partition);
    if (root === undefined) return matches;
    const { asked, seen, evaluation } = this;
    if (asked.begin(subject, moment)) this.forget();
    this.values.probe(asked);
    const candidates = this.index.collect(root, asked);
    const { length, data: found } = candidates;
    const { data: code } = this.programs.words;
    for (let at = 0; at < length; at += 1) {
      const program = found[at]!;
      const words = code[program]!;
      if (words < 0) continue;
      const slot = code[program + 1]!;
      if (seen[slot] === asked.epoch) continue;
      if (!evaluation.all(code, program + HEADER, program + HEADER + words)) continue;
      seen[slot] = asked.epoch;
      matches.push(this.keys[slot]!);
    }
    asked.end();
    return matches;
  }

  /** The filter's programs, holding on to what they name. */
  private write(filter: BoundFilter): number[][] {
    try {
      const bodies = this.writer.write(filter);
      for (const body of bodies) this.retain(body, 0, body.length);
      return bodies;
    } finally {
      this.values.settle();
      this.tests.settle();
    }
  }

  private occupy(slot: number, key: string, partition: string): void {
    this.slots.set(key, slot);
    this.keys[slot] = key;
    this.partitions[slot] = partition;
    if (slot >= this.seen.length) this.seen = grown(this.seen, slot + 1);
    this.seen[slot] = 0;
  }

  private addProgram(slot: number, body: ArrayLike<number>): void {
    this.heads.data[slot] = this.programs.add(slot, body, this.heads.data[slot]!);
  }

  private fileSlot(slot: number): void {
    const partition = this.partitions[slot]!;
    let root = this.roots.get(partition);
    if (root === undefined) this.roots.set(partition, (root = this.index.addRoot()));
    for (let program = this.heads.data[slot]!; program !== 0; program = this.programs.nextOf(program)) {
      this.index.file(root, program);
    }
  }

  /** Moves the programs together and files them anew, by how popular values are by now. */
  private sweep(): void {
    const old = this.programs;
    this.programs = new ProgramStore();
    this.index = new AccessIndex(this.values, this.dimensions.list, this.programs);
    this.roots = new Map();
    for (let slot = 0; slot < this.heads.length; slot += 1) {
      let program = this.heads.data[slot]!;
      this.heads.data[slot] = 0;
      for (; program !== 0; program = old.nextOf(program)) {
        const from = program + HEADER;
        this.addProgram(slot, old.words.data.subarray(from, from + old.lengthOf(program)));
      }
      if (this.heads.data[slot] !== 0) this.fileSlot(slot);
    }
  }

  private retain(code: ArrayLike<number>, from: number, to: number): void {
    eachName(code, from, to, (kind, number) => {
      const references = kind === HOLDS ? this.values.references : this.tests.references;
      references.data[number]! += 1;
    });
  }

  private release(code: ArrayLike<number>, from: number, to: number): void {
    eachName(code, from, to, (kind, number) => {
      const table = kind === HOLDS ? this.values : this.tests;
      table.references.data[number]! -= 1;
      table.release(number);
    });
  }

  private forget(): void {
    this.values.forget();
    this.tests.forget();
    this.dimensions.forget();
    this.seen.fill(0);
  }
}
