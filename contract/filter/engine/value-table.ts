import type { Asked } from './asked.js';
import { grown, Ints } from './ints.js';
import { Source, type Flavour, type Hold, type SourcePlace } from './source.js';

interface Named {
  readonly source: number;
  readonly flavour: Flavour;
  readonly text: string;
}

/**
 * Every discrete value that some filter asks for, numbered from 1: the city in the origin, the label, the beginning of a
 * title. Asked about an event, it says which of them the subject holds, each with one look-up.
 */
export class ValueTable {
  readonly sources: Source[] = [];
  /** How often programs name each value: what makes it rare or popular, and what keeps it. */
  readonly references = new Ints();
  /** The number of the event that held each value last. */
  stamps = new Int32Array(64);
  /** The values that this event holds, and for each the bit of its source. */
  held = new Int32Array(64);
  heldBits = new Int32Array(64);
  heldCount = 0;
  private readonly named: (Named | undefined)[] = [undefined];
  private readonly free: number[] = [];
  private fresh: number[] = [];
  private readonly byPlace = new Map<string, number>();
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
    if (known !== undefined) return known;
    const value = this.free.pop() ?? this.references.push(0);
    this.put(value, { source: number, flavour, text });
    this.fresh.push(value);
    return value;
  }

  /** Forgets a value that no program names. */
  release(value: number): void {
    const named = this.named[value];
    if (!named || this.references.data[value] !== 0) return;
    this.sources[named.source]!.remove(named.flavour, named.text);
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
    this.stamps.fill(0);
  }

  /** How many numbers there are, given up ones among them. */
  get size(): number {
    return this.named.length;
  }

  /** Adds what a snapshot names, under its own numbers; `seal` makes the numbers between them free. */
  restore(place: SourcePlace, flavour: Flavour, text: string, value: number): void {
    const number = this.sourceAt(place);
    if (value >= this.references.length) this.references.extend(value + 1 - this.references.length);
    this.put(value, { source: number, flavour, text });
  }

  seal(): void {
    for (let value = this.named.length - 1; value > 0; value -= 1) if (!this.named[value]) this.free.push(value);
  }

  private put(value: number, named: Named): void {
    this.named[value] = named;
    if (value >= this.stamps.length) this.stamps = grown(this.stamps, value + 1);
    this.sources[named.source]!.add(named.flavour, named.text, value);
  }

  private readonly hold: Hold = (value) => {
    if (this.stamps[value] === this.epoch) return;
    this.stamps[value] = this.epoch;
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
      number = this.sources.push(new Source(place)) - 1;
      this.byPlace.set(key, number);
    }
    return number;
  }
}
