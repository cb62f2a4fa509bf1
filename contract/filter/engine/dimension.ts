import { crossRate, minorDigits, roundMinor } from '../money.js';
import { asDay, asInstant, asNumber, asText, reader, type Read } from '../read.js';
import type { Asked } from './asked.js';

/** Where an ordered value of a subject comes from, and as what it is compared. */
export interface DimensionPlace {
  readonly measure: 'number' | 'real' | 'day' | 'instant' | 'money';
  readonly path: string;
  /** Money only: where the subject's currency stands, and the currency of the limits. */
  readonly currencyPath?: string;
  readonly currency?: string;
}

const PLAIN_DAY = /^\d{4}-\d\d-\d\d$/;

/** A day as a number that orders as the day does. @returns NaN for what is no plain `YYYY-MM-DD` */
export function dayNumber(day: string): number {
  return PLAIN_DAY.test(day) ? Number(day.slice(0, 4) + day.slice(5, 7) + day.slice(8)) : NaN;
}

function dayText(day: number): string {
  const digits = String(day).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

/** One ordered value of the subject, read at most once an event, and compared with limits as `leaves.ts` compares it. */
export class Dimension {
  private stamp = 0;
  private value = NaN;
  /** A stored day that is none: days compare as text, so this one has an order too, but no number. */
  private odd: string | undefined;
  private rate = 1;
  private power = 1;
  private readonly isMoney: boolean;
  private readonly number: Read<number>;
  private readonly text: Read<string>;

  constructor(readonly place: DimensionPlace) {
    const { measure, path } = place;
    this.isMoney = measure === 'money';
    this.number = measure === 'instant' ? asInstant(reader(path)) : asNumber(reader(path));
    this.text = measure === 'day' ? asDay(reader(path)) : asText(reader(place.currencyPath ?? ''));
  }

  /** Whether the subject has a value that all limits can be put in order against. */
  isOrdered(asked: Asked): boolean {
    if (this.stamp !== asked.epoch) this.load(asked);
    return this.odd === undefined;
  }

  /** Whether the subject's value is there and on the right side of the limit. */
  allows(limit: number, high: boolean, inclusive: boolean, asked: Asked): boolean {
    if (this.stamp !== asked.epoch) this.load(asked);
    if (this.odd !== undefined)
      return high ? this.odd < dayText(limit) : this.odd > dayText(limit) || (inclusive && this.odd === dayText(limit));
    const { value } = this;
    const at = this.isMoney ? roundMinor(limit, this.rate, this.power) : limit;
    if (inclusive) return high ? value <= at : value >= at;
    return high ? value < at : value > at;
  }

  /** The numbers of the events start over. */
  forget(): void {
    this.stamp = 0;
  }

  private load(asked: Asked): void {
    this.stamp = asked.epoch;
    this.value = NaN;
    this.odd = undefined;
    try {
      this.read(asked);
    } catch {
      this.value = NaN;
    }
  }

  private read({ subject, moment }: Asked): void {
    const { measure, currency = '' } = this.place;
    if (measure === 'day') return this.readDay(this.text(subject));
    const number = this.number(subject) ?? NaN;
    if (measure === 'real') this.value = Math.fround(number);
    else if (measure !== 'money') this.value = number;
    else {
      const code = this.text(subject);
      const rate = code === undefined ? undefined : crossRate(currency, code, moment.rates);
      if (code === undefined || rate === undefined) return;
      this.rate = rate;
      this.power = 10 ** minorDigits(code);
      this.value = number;
    }
  }

  private readDay(day: string | undefined): void {
    if (day === undefined) return;
    this.value = dayNumber(day);
    if (Number.isNaN(this.value)) this.odd = day;
  }
}
