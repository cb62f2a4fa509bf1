/** Words of a slot: the event, the key, a number of its own, whether the key is certain. */
const STRIDE = 4;
const KEY = 1;
const NUMBER = 2;
const SURE = 3;
/** The key of a slot whose key was dropped. */
const NONE = -1;

/**
 * The integers that one event has to do with, such as the values it holds, each with a number: a small table that is used again
 * for each event, so that what every candidate asks stays in the nearest memory. Keys are not negative.
 */
export class EventMap {
  private slots = new Int32Array(STRIDE * 128);
  private shift = 32 - 7;
  private mask = 127;
  private epoch = 0;
  private count = 0;

  /** Empties it. @param epoch above 0, and never one of before, but after `forget` */
  begin(epoch: number): void {
    this.epoch = epoch;
    this.count = 0;
  }

  /** @returns the place of a key, for the methods below; -1 when it is not there */
  find(key: number): number {
    const { slots, mask, epoch } = this;
    for (let at = Math.imul(key, 0x9e3779b1) >>> this.shift; ; at = (at + 1) & mask) {
      if (slots[at * STRIDE] !== epoch) return -1;
      if (slots[at * STRIDE + KEY] === key) return at * STRIDE;
    }
  }

  /** Adds a key that is not there, uncertain. */
  add(key: number, number = 0): void {
    if (++this.count * 2 > this.mask) this.widen();
    this.place(key, number, 0);
  }

  numberOf(place: number): number {
    return this.slots[place + NUMBER]!;
  }

  setNumber(place: number, number: number): void {
    this.slots[place + NUMBER] = number;
  }

  isSure(place: number): boolean {
    return this.slots[place + SURE] === 1;
  }

  assure(place: number): void {
    this.slots[place + SURE] = 1;
  }

  drop(place: number): void {
    this.slots[place + KEY] = NONE;
  }

  /** The numbers of the events start over. */
  forget(): void {
    this.slots.fill(0);
  }

  private place(key: number, number: number, sure: number): void {
    const { slots, mask, epoch } = this;
    let at = Math.imul(key, 0x9e3779b1) >>> this.shift;
    while (slots[at * STRIDE] === epoch) at = (at + 1) & mask;
    slots[at * STRIDE] = epoch;
    slots[at * STRIDE + KEY] = key;
    slots[at * STRIDE + NUMBER] = number;
    slots[at * STRIDE + SURE] = sure;
  }

  private widen(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    this.shift -= 1;
    this.slots = new Int32Array(STRIDE * (this.mask + 1));
    for (let at = 0; at < old.length; at += STRIDE) {
      if (old[at] === this.epoch) this.place(old[at + KEY]!, old[at + NUMBER]!, old[at + SURE]!);
    }
  }
}
