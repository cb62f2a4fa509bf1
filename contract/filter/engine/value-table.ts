import type { Asked } from './asked.js';
import { grown, Ints } from './ints.js';
import { TextTable } from './text-table.js';
import { Source, type Flavour, type Hold, type SourcePlace } from './source.js';

/** What a value is. */
interface Named {
  readonly source: number;
  readonly flavour: Flavour;
  readonly text: string;
}

/** A value as a snapshot holds it: its number, how often filters name it and events held it, its source and text. */
export type StoredValue = readonly [
  value: number,
  references: number,
  hits: number,
  source: number,
  flavour: Flavour,
  text: string,
];

/** Words of a value: the event that held it last, whether anything is filed under it, how many events held it, none. */
const STRIDE = 4;
/** After so many events what they held counts for half. */
const HALF_LIFE = 1 << 22;
/** What filters name is worth as much as what so many events hold; with events to go by, it soon matters little. */
const PRIOR = 100;

/**
 * Every discrete value that some filter asks for, numbered from 1: the city in the origin, the label, the beginning of a
 * title. Asked about an event, it says which of them the subject holds, each with one look-up.
 */
export class ValueTable {
  readonly sources: Source[] = [];
  /** How often programs name each value: what keeps it. */
  readonly references = new Ints();
  /** The values under which something is filed that this event holds, and for each the bit of its source. */
  held = new Int32Array(64);
  heldBits = new Int32Array(64);
  heldCount = 0;
  /** How many events were asked about. */
  events = 0;
  private readonly named: (Named | undefined)[] = [undefined];
  private readonly free: number[] = [];
  private fresh: number[] = [];
  private readonly byPlace = new Map<string, number>();
  private readonly texts = new TextTable();
  private marks = new Int32Array(STRIDE * 64);
  private epoch = 0;
  private sinceHalving = 0;
  private bit = 0;

  constructor() {
    this.references.push(0);
  }

  /** The number of a value, a new one if no filter has asked for it before. */
  intern(place: SourcePlace, flavour: Flavour, text: string): number {
    const number = this.sourceAt(place);
    const source = this.sources[number]!;
    const known = source.find(flavour, text);
    if (known !== 0) return known;
    const value = this.free.pop() ?? this.references.push(0);
    this.put(value, { source: number, flavour, text });
    this.fresh.push(value);
    return value;
  }

  /** Forgets a value that no program names. */
  release(value: number): void {
    const named = this.named[value];
    if (!named || this.references.data[value] !== 0) return;
    this.sources[named.source]!.remove(named.flavour, named.text, value);
    this.named[value] = undefined;
    this.free.push(value);
  }

  /** Forgets what was numbered since the last call and no program names after all. */
  settle(): void {
    for (const value of this.fresh) this.release(value);
    this.fresh = [];
  }

  /** The bit that stands for a value's source in masks of 32. */
  bitOf(value: number): number {
    return 1 << ((this.named[value]?.source ?? 0) & 31);
  }

  /** From now on an event that holds the value says so in `held`. */
  markFiled(value: number): void {
    this.marks[value * STRIDE + 1] = 1;
  }

  /**
   * How often an event may be expected to hold the value, for comparison with other values: by what events have held, and
   * before there are any, by how many filters name it.
   */
  popularity(value: number): number {
    return this.marks[value * STRIDE + 2]! + (PRIOR * this.references.data[value]!) / this.named.length;
  }

  /** Whether the event that was asked about last holds the value. */
  isHeld(value: number): boolean {
    return this.marks[value * STRIDE] === this.epoch;
  }

  /** Finds out which values the subject holds. A subject whose reading throws holds nothing there. */
  probe(asked: Asked): void {
    this.epoch = asked.epoch;
    this.events += 1;
    if (++this.sinceHalving === HALF_LIFE) this.halve();
    this.heldCount = 0;
    for (let number = 0; number < this.sources.length; number += 1) {
      this.bit = 1 << (number & 31);
      try {
        this.sources[number]!.probe(asked, this.hold);
      } catch {
        continue;
      }
    }
  }

  /** The numbers of the events start over. */
  forget(): void {
    for (let at = 0; at < this.marks.length; at += STRIDE) this.marks[at] = 0;
  }

  /** Every value with its number and how often programs name it. */
  *entries(): Generator<StoredValue> {
    for (const [value, named] of this.named.entries()) {
      const hits = this.marks[value * STRIDE + 2]!;
      if (named) yield [value, this.references.data[value]!, hits, named.source, named.flavour, named.text];
    }
  }

  /** Adds the sources of a snapshot, in their order; then `restore` each value, and `seal`. */
  restoreSources(places: readonly SourcePlace[]): void {
    for (const place of places) this.sourceAt(place);
  }

  restore([value, references, hits, source, flavour, text]: StoredValue): void {
    if (value >= this.references.length) this.references.extend(value + 1 - this.references.length);
    this.references.data[value] = references;
    this.put(value, { source, flavour, text });
    this.marks[value * STRIDE + 2] = hits;
  }

  /** Makes the numbers between restored values free. */
  seal(): void {
    for (let value = this.named.length - 1; value > 0; value -= 1) if (!this.named[value]) this.free.push(value);
  }

  private put(value: number, named: Named): void {
    this.named[value] = named;
    // The whole row must fit: growing by half leaves lengths that are no multiple of it.
    if ((value + 1) * STRIDE > this.marks.length) this.marks = grown(this.marks, (value + 1) * STRIDE);
    this.marks[value * STRIDE] = 0;
    this.marks[value * STRIDE + 2] = 0;
    this.sources[named.source]!.add(named.flavour, named.text, value);
  }

  private halve(): void {
    this.sinceHalving = 0;
    for (let at = 2; at < this.marks.length; at += STRIDE) this.marks[at]! >>= 1;
  }

  private readonly hold: Hold = (value) => {
    const { marks } = this;
    const at = value * STRIDE;
    if (marks[at] === this.epoch) return;
    marks[at] = this.epoch;
    marks[at + 2]! += 1;
    if (marks[at + 1] === 0) return;
    if (this.heldCount === this.held.length) {
      this.held = grown(this.held, this.heldCount + 1);
      this.heldBits = grown(this.heldBits, this.held.length);
    }
    this.held[this.heldCount] = value;
    this.heldBits[this.heldCount++] = this.bit;
  };

  private sourceAt(place: SourcePlace): number {
    const key = `${place.kind} ${place.path}`;
    let number = this.byPlace.get(key);
    if (number === undefined) {
      number = this.sources.push(new Source(place, this.sources.length, this.texts)) - 1;
      this.byPlace.set(key, number);
    }
    return number;
  }
}
