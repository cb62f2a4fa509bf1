import { reader, type Read } from '../read.js';
import type { Asked } from './asked.js';
import { BASIS, hashFor, longer, type Probes } from './probes.js';

/** Where discrete values of a subject come from: one text, a list of texts, a flag, or the event's own type. */
export interface SourcePlace {
  readonly kind: 'text' | 'list' | 'flag' | 'type';
  /** Dotted path in the subject; for the event's type, what a subject without one counts as. */
  readonly path: string;
}

/** A value itself, a beginning of it, or three code units somewhere in it (as their hash, written out). */
export type Flavour = 'exact' | 'prefix' | 'gram';
export const FLAVOURS: readonly Flavour[] = ['exact', 'prefix', 'gram'];
const [EXACT, PREFIX, GRAM] = [0, 1, 2];
/** An owner is a source and a flavour: the source's number is above these bits. */
export const FLAVOUR_BITS = 2;

/** One place of the subject, and what of its values filters ask for. */
export class Source {
  private exact = 0;
  private grams = 0;
  /** How many beginnings there are of each length. */
  private readonly prefixes = new Map<number, number>();
  /** Their lengths, in order. */
  private lengths: readonly number[] = [];
  private readonly raw: Read<unknown>;
  private readonly owner: number;

  constructor(
    readonly place: SourcePlace,
    number: number,
  ) {
    this.owner = number << FLAVOUR_BITS;
    this.raw = place.kind === 'type' ? () => undefined : reader(place.path);
  }

  ownerOf(flavour: Flavour): number {
    return this.owner | FLAVOURS.indexOf(flavour);
  }

  add(flavour: Flavour, text: string): void {
    if (flavour === 'exact') this.exact += 1;
    else if (flavour === 'gram') this.grams += 1;
    else this.countPrefix(text.length, 1);
  }

  remove(flavour: Flavour, text: string): void {
    if (flavour === 'exact') this.exact -= 1;
    else if (flavour === 'gram') this.grams -= 1;
    else this.countPrefix(text.length, -1);
  }

  /** Adds what the subject holds. A missing value holds nothing, as do values of other types. */
  probe({ subject, moment }: Asked, probes: Probes): void {
    const { kind, path } = this.place;
    if (kind === 'type') return this.text(moment.type ?? path, probes);
    const value = this.raw(subject);
    if (kind === 'flag') {
      if (typeof value === 'boolean') this.text(String(value), probes);
    } else if (kind === 'text') {
      if (typeof value === 'string' && value !== '') this.text(value, probes);
    } else if (Array.isArray(value)) {
      for (const member of value as unknown[]) if (typeof member === 'string') this.text(member, probes);
    }
  }

  private countPrefix(length: number, more: number): void {
    const count = (this.prefixes.get(length) ?? 0) + more;
    if (count === 0) this.prefixes.delete(length);
    else this.prefixes.set(length, count);
    if (this.prefixes.size !== this.lengths.length) this.lengths = [...this.prefixes.keys()].sort((a, b) => a - b);
  }

  private text(text: string, probes: Probes): void {
    const { lengths, owner } = this;
    let state = BASIS;
    let at = 0;
    for (const length of lengths) {
      if (length > text.length) break;
      for (; at < length; at += 1) state = longer(state, text.charCodeAt(at));
      probes.add(owner | PREFIX!, state, text, length);
    }
    if (this.exact > 0) {
      for (; at < text.length; at += 1) state = longer(state, text.charCodeAt(at));
      probes.add(owner | EXACT!, state, text, text.length);
    }
    if (this.grams === 0) return;
    for (let from = 0; from + 3 <= text.length; from += 1) probes.add(owner | GRAM!, gramAt(text, from), text, 3);
  }
}

/** The hash by which the table of texts knows a value. */
export function hashOf(owner: number, flavour: Flavour, text: string): number {
  if (flavour === 'gram') return hashFor(owner, Number(text));
  let state = BASIS;
  for (let at = 0; at < text.length; at += 1) state = longer(state, text.charCodeAt(at));
  return hashFor(owner, state);
}

/** A hash of the three code units from `at` on. Two grams of one hash cost a look too many, never an answer. */
export function gramAt(text: string, at: number): number {
  const hash =
    Math.imul(text.charCodeAt(at), 31 * 31) + Math.imul(text.charCodeAt(at + 1), 31) + text.charCodeAt(at + 2);
  return hash & 0x3fff_ffff;
}
