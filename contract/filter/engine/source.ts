import { reader, type Read } from '../read.js';
import type { Asked } from './asked.js';
import { PrefixTrie } from './prefix-trie.js';
import type { TextTable } from './text-table.js';

/** Where discrete values of a subject come from: one text, a list of texts, a flag, or the event's own type. */
export interface SourcePlace {
  readonly kind: 'text' | 'list' | 'flag' | 'type';
  /** Dotted path in the subject; for the event's type, what a subject without one counts as. */
  readonly path: string;
}

/** A value itself, a beginning of it, or three code units somewhere in it (as their hash, written out). */
export type Flavour = 'exact' | 'prefix' | 'gram';

/** Takes note that the subject holds a value. */
export type Hold = (value: number) => void;

/** One place of the subject and the values of it that filters ask for, each with a positive number. */
export class Source {
  private readonly prefixes = new Map<string, number>();
  private readonly grams = new Map<number, number>();
  private trie = new PrefixTrie();
  private exact = 0;
  private forgotten = 0;
  private readonly raw: Read<unknown>;

  /**
   * @param number this source's own, by which it owns texts
   * @param texts the values themselves, of all sources
   */
  constructor(
    readonly place: SourcePlace,
    private readonly number: number,
    private readonly texts: TextTable,
  ) {
    this.raw = place.kind === 'type' ? () => undefined : reader(place.path);
  }

  /** @returns 0 for a value that nobody asks for */
  find(flavour: Flavour, text: string): number {
    if (flavour === 'exact') return this.texts.get(this.number, text);
    return (flavour === 'prefix' ? this.prefixes.get(text) : this.grams.get(Number(text))) ?? 0;
  }

  add(flavour: Flavour, text: string, value: number): void {
    if (flavour === 'exact') {
      this.texts.add(this.number, text, value);
      this.exact += 1;
    } else if (flavour === 'gram') this.grams.set(Number(text), value);
    else {
      this.prefixes.set(text, value);
      this.trie.set(text, value);
    }
  }

  remove(flavour: Flavour, text: string, value: number): void {
    if (flavour === 'exact') {
      this.texts.remove(this.number, text, value);
      this.exact -= 1;
    } else if (flavour === 'gram') this.grams.delete(Number(text));
    else this.removePrefix(text);
  }

  /** Tells which known values the subject holds. A missing value holds none, as do values of other types. */
  probe({ subject, moment }: Asked, hold: Hold): void {
    const { kind, path } = this.place;
    if (kind === 'type') return this.text(moment.type ?? path, hold);
    const value = this.raw(subject);
    if (kind === 'flag') {
      if (typeof value === 'boolean') this.text(String(value), hold);
    } else if (kind === 'text') {
      if (typeof value === 'string' && value !== '') this.text(value, hold);
    } else if (Array.isArray(value)) {
      for (const member of value as unknown[]) if (typeof member === 'string') this.text(member, hold);
    }
  }

  private removePrefix(text: string): void {
    this.prefixes.delete(text);
    this.trie.set(text, 0);
    // The paths of what was taken away stay; now and then the trie is made anew.
    if (++this.forgotten <= this.prefixes.size + 1_000) return;
    this.trie = new PrefixTrie(this.prefixes);
    this.forgotten = 0;
  }

  private text(text: string, hold: Hold): void {
    const value = this.exact === 0 ? 0 : this.texts.get(this.number, text);
    if (value !== 0) hold(value);
    if (this.prefixes.size > 0) this.trie.each(text, hold);
    if (this.grams.size === 0) return;
    for (let at = 0; at + 3 <= text.length; at += 1) {
      const gram = this.grams.get(gramAt(text, at));
      if (gram !== undefined) hold(gram);
    }
  }
}

/** A hash of the three code units from `at` on. Two grams of one hash cost a look too many, never an answer. */
export function gramAt(text: string, at: number): number {
  const hash =
    Math.imul(text.charCodeAt(at), 31 * 31) + Math.imul(text.charCodeAt(at + 1), 31) + text.charCodeAt(at + 2);
  return hash & 0x3fff_ffff;
}
