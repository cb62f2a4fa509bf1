import type { Asked } from './asked.js';
import { EventMap } from './event-map.js';
import { grown, Ints } from './ints.js';
import { HOLDS, NOT, KIND, SHIFT, widthAlone } from './program.js';
import { Popularity } from './popularity.js';
import { Probes } from './probes.js';
import { jsonChunk, type SnapshotReader } from './snapshot.js';
import { FLAVOUR_BITS, FLAVOURS, hashOf, Source, type Flavour, type SourcePlace } from './source.js';
import { TextTable } from './text-table.js';

/** What filters name is worth as much as what so many events hold; with events to go by, it soon matters little. */
const PRIOR = 100;

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
  /** The source and flavour of each value; -1 for a free number. */
  private readonly owners = new Ints();
  private readonly popular = new Popularity();
  /** Whether something is filed under a value, which its cell in the table of texts says too. */
  private readonly filed = new Ints();
  private readonly free: number[] = [];
  private fresh: number[] = [];
  private readonly byPlace = new Map<string, number>();
  private readonly texts = new TextTable();
  private readonly probes = new Probes();
  private readonly all = new EventMap();

  constructor() {
    this.references.push(0);
    this.owners.push(-1);
    this.popular.clear(0);
    this.filed.push(0);
  }

  /** How many events were asked about. */
  get events(): number {
    return this.popular.events;
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
    return this.popular.of(value) + (PRIOR * this.references.data[value]!) / this.owners.length;
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
    this.popular.next();
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

  *save(): Generator<Uint8Array> {
    yield jsonChunk(this.sources.map(({ place }) => place));
    for (const part of [this.references, this.owners, this.filed, this.popular, this.texts]) yield* part.save();
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    for (const place of reader.json() as SourcePlace[]) this.sourceAt(place);
    for (const part of [this.references, this.owners, this.filed, this.popular, this.texts]) yield* part.load(reader);
    for (let value = this.owners.length - 1; value > 0; value -= 1) {
      const owner = this.ownerOf(value);
      if (owner < 0) this.free.push(value);
      else this.sources[owner >> FLAVOUR_BITS]!.add(flavourOf(owner), this.texts.textOf(value));
    }
  }

  private find(owner: number, flavour: Flavour, text: string): number {
    return this.texts.get(hashOf(owner, flavour, text), text, (number) => this.owners.data[number] === owner);
  }

  private ownerOf(value: number): number {
    return this.owners.data[value]!;
  }

  private put(value: number, source: number, flavour: Flavour, text: string): void {
    if (value >= this.owners.length) {
      this.owners.push(-1);
      this.filed.push(0);
    }
    const of = this.sources[source]!;
    const owner = of.ownerOf(flavour);
    this.owners.data[value] = owner;
    this.popular.clear(value);
    this.filed.data[value] = 0;
    of.add(flavour, text);
    this.texts.add(hashOf(owner, flavour, text), text, value);
  }

  private readonly hold = (value: number, filed: number, probe: number): void => {
    const place = this.all.find(value);
    if (place >= 0) {
      // Another text of the event with the same hash may be the right one.
      if (!this.comparesTo(value, this.all.numberOf(place))) this.all.setNumber(place, probe);
      return;
    }
    this.all.add(value, probe);
    this.popular.count(value);
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
