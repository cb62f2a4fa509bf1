import type { BoundFilter } from '../bound.js';
import type { FieldCatalogue } from '../fields.js';
import type { Moment } from '../leaves.js';
import type { Subject } from '../read.js';
import { Asked } from './asked.js';
import { DimensionTable } from './dimension-table.js';
import { Evaluation } from './evaluation.js';
import { Generation } from './generation.js';
import { EventMap } from './event-map.js';
import { Ints } from './ints.js';
import { eachName, HOLDS } from './program.js';
import { HEADER } from './program-store.js';
import { ProgramWriter } from './program-writer.js';
import { KeyTable } from './key-table.js';
import { readSnapshot, writeSnapshot, type Origin } from './stored-engine.js';
import { TestTable } from './test-table.js';
import { ValueTable } from './value-table.js';

/** How many filters each change moves from an aged generation to the next. */
const MOVED_AT_ONCE = 8;
/** Every so many events it is looked at whether the generation has aged. */
const EVENTS_BETWEEN_LOOKS = 4_096;
/** How many it moves at a time when it is stored. */
const MOVED_IN_A_STEP = 4_096;
const NO_ORIGIN: Origin = { build: '', note: null };
const PAUSE = new Uint8Array(0);

/** An engine out of a snapshot, and what whoever stored it said. */
export interface RestoredEngine {
  readonly engine: FilterEngine;
  readonly note: unknown;
}

/**
 * Many filters of one target, asked about one event at a time. What an event costs follows from the filters it matches and
 * nearly matches, not from how many there are.
 *
 * Synchronous and not re-entrant: filters come and go between two matches.
 */
export class FilterEngine {
  /** What the programs of all generations name by number. */
  readonly values = new ValueTable();
  readonly tests: TestTable;
  readonly dimensions = new DimensionTable();
  private readonly asked = new Asked();
  private readonly writer: ProgramWriter;
  private readonly evaluation: Evaluation;
  current: Generation;
  /** Takes over from the current generation while it ages; `moved` slots have been looked at. */
  private next: Generation | undefined;
  private moved = 0;
  readonly keys = new KeyTable();
  /** The slots of the filters that the event matches, in order, and to look them up. */
  private readonly matched = new Ints();
  private readonly seen = new EventMap();

  constructor(private readonly catalogue: FieldCatalogue) {
    this.tests = new TestTable(catalogue);
    this.writer = new ProgramWriter(catalogue, this.values, this.tests, this.dimensions);
    this.evaluation = new Evaluation(this.values, this.tests, this.dimensions.list, this.asked);
    this.current = new Generation(this.values, this.dimensions.list);
  }

  /** How many filters there are. */
  get size(): number {
    return this.keys.size;
  }

  /** What all events so far have cost: lists and children looked at, and candidates whose programs were answered. */
  get effort(): { readonly steps: number; readonly candidates: number } {
    return this.asked;
  }

  /**
   * Adds a filter, or replaces the one of this key.
   *
   * @param partition an event is asked only of the filters of its own partition: a workspace
   * @param mark what `mark` tells of it: a hash of what it was made of
   * @throws Error for a filter of another catalogue, and for what no check of a filter lets through; nothing is changed then
   */
  put(key: string, filter: BoundFilter, partition = '', mark = 0n): void {
    if (filter.catalogue !== this.catalogue) {
      throw new Error(`A filter of ${filter.catalogue.target} cannot be asked about ${this.catalogue.target}.`);
    }
    const bodies = this.write(filter);
    this.remove(key);
    const slot = this.keys.take(key, partition, mark);
    this.current.add(slot, partition, bodies);
    this.next?.add(slot, partition, bodies);
    this.moveOn();
  }

  /** @returns whether there was a filter of this key */
  remove(key: string): boolean {
    const slot = this.keys.slot(key);
    if (slot === undefined) return false;
    for (const body of this.current.bodies(slot)) this.release(body);
    this.current.remove(slot);
    this.next?.remove(slot);
    this.keys.drop(key, slot);
    this.moveOn();
    return true;
  }

  /** What the filter of this key was made of; undefined when there is none. */
  mark(key: string): bigint | undefined {
    const slot = this.keys.slot(key);
    return slot === undefined ? undefined : this.keys.mark(slot);
  }

  /** Every key and its mark. */
  marks(): Iterable<[key: string, mark: bigint]> {
    return this.keys.all();
  }

  /** The keys of all filters that the subject matches, in no particular order. Never throws, whatever the subject holds. */
  match(subject: Subject, moment: Moment, partition = ''): string[] {
    const { asked, matched } = this;
    if (asked.begin(subject, moment)) this.forget();
    this.values.probe(asked);
    this.seen.begin(asked.epoch);
    matched.length = 0;
    this.answer(this.current.collect(partition, asked));
    asked.end();
    const matches: string[] = [];
    for (let at = 0; at < matched.length; at += 1) matches.push(this.keys.key(matched.data[at]!));
    if (this.next || asked.epoch % EVENTS_BETWEEN_LOOKS === 0) this.moveOn(1);
    return matches;
  }

  /** Puts the slots of those candidates that match into `matched`, each once. */
  private answer(candidates: Ints | undefined): void {
    if (!candidates) return;
    const { matched, seen, evaluation, current } = this;
    current.programs.fetch(candidates);
    const { length, data: found } = candidates;
    this.asked.candidates += length;
    const { data: code } = current.programs.words;
    for (let at = 0; at < length; at += 1) {
      const program = found[at]!;
      const words = code[program]!;
      // A removed program, whose words are left.
      if (words < 0) continue;
      if (!evaluation.matches(code, program + HEADER, program + HEADER + words)) continue;
      const slot = code[program + 1]!;
      if (seen.find(slot) >= 0) continue;
      seen.add(slot);
      matched.push(slot);
    }
  }

  /**
   * The engine as chunks of bytes, for `restore`; an empty one is a pause. All filters are filed anew first, by what events hold
   * now. Events may be asked meanwhile, but no filter may come or go.
   */
  *snapshot(origin = NO_ORIGIN): Generator<Uint8Array> {
    this.next = undefined;
    this.renew();
    while (this.next) {
      this.moveOn(MOVED_IN_A_STEP);
      yield PAUSE;
    }
    yield* writeSnapshot(this.catalogue, this, origin);
  }

  /**
   * An engine from the chunks of a snapshot, however they were cut meanwhile.
   *
   * @throws SnapshotError for one of another catalogue or version, and for a damaged one or one that ends too early
   */
  static restore(catalogue: FieldCatalogue, chunks: Iterable<Uint8Array>): FilterEngine {
    const restoring = FilterEngine.restoring(catalogue, chunks, NO_ORIGIN.build);
    for (;;) {
      const { done, value } = restoring.next();
      if (done) return value.engine;
    }
  }

  /** Restores in steps of some milliseconds, as `restore` does at once. @param build the origin's, which must be the same */
  static *restoring(
    catalogue: FieldCatalogue,
    chunks: Iterable<Uint8Array>,
    build: string,
  ): Generator<void, RestoredEngine> {
    const engine = new FilterEngine(catalogue);
    const note = yield* readSnapshot(catalogue, build, chunks, engine);
    return { engine, note };
  }

  /** The filter's programs, holding on to what they name. */
  private write(filter: BoundFilter): number[][] {
    try {
      const bodies = this.writer.write(filter);
      for (const body of bodies) this.retain(body);
      return bodies;
    } finally {
      this.values.settle();
      this.tests.settle();
    }
  }

  /** Takes a few filters over to the next generation, if it is time for one: nothing ever waits for all of them. */
  private moveOn(count = MOVED_AT_ONCE): void {
    if (!this.next) {
      if (!this.current.isAged) return;
      this.renew();
    }
    const until = Math.min(this.moved + count, this.keys.end);
    for (; this.moved < until; this.moved += 1) {
      const slot = this.moved;
      if (this.current.has(slot) && !this.next!.has(slot)) {
        this.next!.add(slot, this.keys.partition(slot), this.current.bodies(slot));
      }
    }
    if (this.moved < this.keys.end) return;
    this.current = this.next!;
    this.next = undefined;
  }

  private renew(): void {
    this.next = new Generation(this.values, this.dimensions.list, this.size);
    this.moved = 0;
  }

  private retain(code: ArrayLike<number>): void {
    eachName(code, (kind, number) => {
      const references = kind === HOLDS ? this.values.references : this.tests.references;
      references.data[number]! += 1;
    });
  }

  private release(code: ArrayLike<number>): void {
    eachName(code, (kind, number) => {
      const table = kind === HOLDS ? this.values : this.tests;
      table.references.data[number]! -= 1;
      table.release(number);
    });
  }

  private forget(): void {
    this.values.forget();
    this.tests.forget();
    this.dimensions.forget();
    this.seen.forget();
  }
}
