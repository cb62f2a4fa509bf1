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

/** A value as a snapshot holds it: its number, how often it is named, its source, what of it, and its text. */
export type StoredValue = readonly [value: number, references: number, source: number, flavour: Flavour, text: string];

/** Words of a value: the number of the event that held it last, and whether an index has anything filed under it. */
const STRIDE = 2;

/**
 * Every discrete value that some filter asks for, numbered from 1: the city in the origin, the label, the beginning of a
 * title. Asked about an event, it says which of them the subject holds, each with one look-up.
 */
export class ValueTable {
  readonly sources: Source[] = [];
  /** How often programs name each value: what makes it rare or popular, and what keeps it. */
  readonly references = new Ints();
  /** The values under which something is filed that this event holds, and for each the bit of its source. */
  held = new Int32Array(64);
  heldBits = new Int32Array(64);
  heldCount = 0;
  private readonly named: (Named | undefined)[] = [undefined];
  private readonly free: number[] = [];
  private fresh: number[] = [];
  private readonly byPlace = new Map<string, number>();
  private readonly texts = new TextTable();
  private marks = new Int32Array(STRIDE * 64);
  private epoch = 0;
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

  /** Whether the event that was asked about last holds the value. */
  isHeld(value: number): boolean {
    return this.marks[value * STRIDE] === this.epoch;
  }

  /** Finds out which values the subject holds. A subject whose reading throws holds nothing there. */
  probe(asked: Asked): void {
    this.epoch = asked.epoch;
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
      if (named) yield [value, this.references.data[value]!, named.source, named.flavour, named.text];
    }
  }

  /** Adds the sources of a snapshot, in their order; then `restore` each value, and `seal`. */
  restoreSources(places: readonly SourcePlace[]): void {
    for (const place of places) this.sourceAt(place);
  }

  restore([value, references, source, flavour, text]: StoredValue): void {
    if (value >= this.references.length) this.references.extend(value + 1 - this.references.length);
    this.references.data[value] = references;
    this.put(value, { source, flavour, text });
  }

  /** Makes the numbers between restored values free. */
  seal(): void {
    for (let value = this.named.length - 1; value > 0; value -= 1) if (!this.named[value]) this.free.push(value);
  }

  private put(value: number, named: Named): void {
    this.named[value] = named;
    if (value * STRIDE >= this.marks.length) this.marks = grown(this.marks, (value + 1) * STRIDE);
    this.marks[value * STRIDE] = 0;
    this.sources[named.source]!.add(named.flavour, named.text, value);
  }

  private readonly hold: Hold = (value) => {
    const { marks } = this;
    const at = value * STRIDE;
    if (marks[at] === this.epoch) return;
    marks[at] = this.epoch;
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
