import type { Asked } from './asked.js';
import { EventMap } from './event-map.js';
import { grown, Ints } from './ints.js';
import { HOLDS, NOT, KIND, SHIFT, widthAlone } from './program.js';
import { Probes } from './probes.js';
import { FLAVOUR_BITS, FLAVOURS, hashOf, Source, type Flavour, type SourcePlace } from './source.js';
import { TextTable } from './text-table.js';

/** A value as a snapshot holds it: its number, how often filters name it and events held it, its source and text. */
export type StoredValue = readonly [
  value: number,
  references: number,
  hits: number,
  source: number,
  flavour: Flavour,
  text: string,
];

/** After so many events what they held counts for half. */
const HALF_LIFE = 1 << 22;
/** What filters name is worth as much as what so many events hold; with events to go by, it soon matters little. */
const PRIOR = 100;
/** From then on what an event holds is counted for one event of so many, with that weight: counting writes to far memory. */
const COUNT_ALL_UNTIL = 1 << 16;
const COUNTED = 8;

/**
 * Every discrete value that some filter asks for, numbered from 1: the city in the origin, the label, the beginning of a
 * title. Asked about an event, it says which of them the subject holds, each with one look-up.
 *
 * A look-up goes by hash. A hit is nearly always right, so its text, which lies far away, is compared only when an answer
 * depends on it: of a filter that would match, and of one that asks for the value's absence.
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
  /** The source and flavour of each value; -1 for a free number. */
  private readonly owners = new Ints();
  private readonly hits = new Ints();
  /** Whether something is filed under a value, which its cell in the table of texts says too. */
  private readonly filed = new Ints();
  private readonly free: number[] = [];
  private fresh: number[] = [];
  private readonly byPlace = new Map<string, number>();
  private readonly texts = new TextTable();
  private readonly probes = new Probes();
  private readonly all = new EventMap();
  private weight = 1;
  private sinceHalving = 0;

  constructor() {
    this.references.push(0);
    this.owners.push(-1);
    this.hits.push(0);
    this.filed.push(0);
  }

  /** The number of a value, a new one if no filter has asked for it before. */
  intern(place: SourcePlace, flavour: Flavour, text: string): number {
    const source = this.sourceAt(place);
    const owner = this.sources[source]!.ownerOf(flavour);
    const known = this.find(owner, flavour, text);
    if (known !== 0) return known;
    const value = this.free.pop() ?? this.references.push(0);
    this.put(value, source, flavour, text);
    this.fresh.push(value);
    return value;
  }

  /** Forgets a value that no program names. */
  release(value: number): void {
    const owner = this.ownerOf(value);
    if (owner < 0 || this.references.data[value] !== 0) return;
    const text = this.texts.textOf(value);
    const flavour = flavourOf(owner);
    this.sources[owner >> FLAVOUR_BITS]!.remove(flavour, text);
    this.texts.remove(hashOf(owner, flavour, text), value);
    this.owners.data[value] = -1;
    this.free.push(value);
  }

  /** Forgets what was numbered since the last call and no program names after all. */
  settle(): void {
    for (const value of this.fresh) this.release(value);
    this.fresh = [];
  }

  /** The bit that stands for a value's source in masks of 32. */
  bitOf(value: number): number {
    return 1 << ((this.ownerOf(value) >> FLAVOUR_BITS) & 31);
  }

  /** From now on an event that holds the value says so in `held`. */
  markFiled(value: number): void {
    const owner = this.ownerOf(value);
    if (owner < 0 || this.filed.data[value] === 1) return;
    this.filed.data[value] = 1;
    this.texts.note(hashOf(owner, flavourOf(owner), this.texts.textOf(value)), value);
  }

  /**
   * How often an event may be expected to hold the value, for comparison with other values: by what events have held, and
   * before there are any, by how many filters name it.
   */
  popularity(value: number): number {
    return this.hits.data[value]! + (PRIOR * this.references.data[value]!) / this.owners.length;
  }

  /** Whether the event that was asked about last holds the value, or, rarely, a text of the same hash: see `confirm`. */
  maybeHeld(value: number): boolean {
    return this.all.find(value) >= 0;
  }

  /** Whether the event that was asked about last holds the value. */
  isHeld(value: number): boolean {
    const place = this.all.find(value);
    return place >= 0 && this.isRight(value, place);
  }

  /**
   * Compares the texts of all values in this stretch of code that are held by their hashes.
   *
   * @returns false when one of them is not: what rested on it must be asked again
   */
  confirm(code: Int32Array, from: number, to: number): boolean {
    let right = true;
    for (let at = from; at < to; at += widthAlone(code[at]!)) {
      const word = code[at]!;
      if ((word & (KIND | NOT)) !== HOLDS) continue;
      const place = this.all.find(word >>> SHIFT);
      if (place >= 0 && !this.isRight(word >>> SHIFT, place)) right = false;
    }
    return right;
  }

  /** Finds out which values the subject holds. A subject whose reading throws holds nothing there. */
  probe(asked: Asked): void {
    const { probes } = this;
    this.events += 1;
    if (++this.sinceHalving === HALF_LIFE) this.halve();
    this.weight = this.weigh();
    this.heldCount = 0;
    this.all.begin(asked.epoch);
    probes.begin();
    for (const source of this.sources) {
      try {
        source.probe(asked, probes);
      } catch {
        continue;
      }
    }
    this.texts.look(probes, this.hold);
  }

  /** The numbers of the events start over. */
  forget(): void {
    this.all.forget();
  }

  /** Every value with its number and how often programs name it. */
  *entries(): Generator<StoredValue> {
    for (let value = 1; value < this.owners.length; value += 1) {
      const owner = this.ownerOf(value);
      if (owner < 0) continue;
      const [references, hits] = [this.references.data[value]!, this.hits.data[value]!];
      yield [value, references, hits, owner >> FLAVOUR_BITS, flavourOf(owner), this.texts.textOf(value)];
    }
  }

  /** Adds the sources of a snapshot, in their order; then `restore` each value, and `seal`. */
  restoreSources(places: readonly SourcePlace[]): void {
    for (const place of places) this.sourceAt(place);
  }

  restore([value, references, hits, source, flavour, text]: StoredValue): void {
    if (value >= this.references.length) this.references.extend(value + 1 - this.references.length);
    this.references.data[value] = references;
    this.put(value, source, flavour, text);
    this.hits.data[value] = hits;
  }

  /** Makes the numbers between restored values free. */
  seal(): void {
    for (let value = this.owners.length - 1; value > 0; value -= 1) if (this.ownerOf(value) < 0) this.free.push(value);
  }

  private find(owner: number, flavour: Flavour, text: string): number {
    return this.texts.get(hashOf(owner, flavour, text), text, (number) => this.owners.data[number] === owner);
  }

  private ownerOf(value: number): number {
    return this.owners.data[value]!;
  }

  private put(value: number, source: number, flavour: Flavour, text: string): void {
    for (const ints of [this.owners, this.hits, this.filed]) {
      for (let more = value + 1 - ints.length; more > 0; more -= 1) ints.push(ints === this.owners ? -1 : 0);
    }
    const of = this.sources[source]!;
    const owner = of.ownerOf(flavour);
    this.owners.data[value] = owner;
    this.hits.data[value] = 0;
    this.filed.data[value] = 0;
    of.add(flavour, text);
    this.texts.add(hashOf(owner, flavour, text), text, value);
  }

  /** How much it counts that this event holds a value. */
  private weigh(): number {
    if (this.events < COUNT_ALL_UNTIL) return 1;
    // Not every eighth: events may come in turns.
    return (Math.imul(this.events, 0x9e3779b1) >>> 16) % COUNTED === 0 ? COUNTED : 0;
  }

  private halve(): void {
    this.sinceHalving = 0;
    const { data } = this.hits;
    for (let value = 0; value < this.hits.length; value += 1) data[value]! >>= 1;
  }

  private readonly hold = (value: number, filed: number, probe: number): void => {
    const place = this.all.find(value);
    if (place >= 0) {
      // Another text of the event with the same hash may be the right one.
      if (!this.comparesTo(value, this.all.numberOf(place))) this.all.setNumber(place, probe);
      return;
    }
    this.all.add(value, probe);
    if (this.weight > 0) this.hits.data[value]! += this.weight;
    if (filed === 0) return;
    if (this.heldCount === this.held.length) {
      this.held = grown(this.held, this.heldCount + 1);
      this.heldBits = grown(this.heldBits, this.held.length);
    }
    this.held[this.heldCount] = value;
    this.heldBits[this.heldCount++] = 1 << ((this.probes.owners[probe]! >> FLAVOUR_BITS) & 31);
  };

  private isRight(value: number, place: number): boolean {
    if (this.all.isSure(place)) return true;
    const right = this.comparesTo(value, this.all.numberOf(place));
    if (right) this.all.assure(place);
    else this.all.drop(place);
    return right;
  }

  private comparesTo(value: number, probe: number): boolean {
    const { owners, texts, lengths } = this.probes;
    const owner = this.ownerOf(value);
    if (owners[probe] !== owner) return false;
    const text = texts[probe]!;
    switch (flavourOf(owner)) {
      case 'exact':
        return this.texts.is(value, text);
      case 'prefix': {
        const wanted = this.texts.textOf(value);
        return wanted.length === lengths[probe] && text.startsWith(wanted);
      }
      default:
        return true;
    }
  }

  private sourceAt(place: SourcePlace): number {
    const key = `${place.kind} ${place.path}`;
    let number = this.byPlace.get(key);
    if (number === undefined) {
      number = this.sources.push(new Source(place, this.sources.length)) - 1;
      this.byPlace.set(key, number);
    }
    return number;
  }
}

function flavourOf(owner: number): Flavour {
  return FLAVOURS[owner & ((1 << FLAVOUR_BITS) - 1)]!;
}
