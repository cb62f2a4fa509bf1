import { Ints } from './ints.js';
import { PairTable } from './pair-table.js';

/** Beginnings of text, each with a positive number: one step for every code unit that some beginning goes along with. */
export class PrefixTrie {
  private edges = new PairTable();
  private readonly ends = new Ints();

  constructor(prefixes: Iterable<readonly [string, number]> = []) {
    this.ends.push(0);
    for (const [text, value] of prefixes) this.set(text, value);
  }

  /** @param value 0 takes the beginning away */
  set(text: string, value: number): void {
    let node = 0;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      let next = this.edges.get(node, unit);
      if (next === 0) this.edges.add(node, unit, (next = this.ends.push(0)));
      node = next;
    }
    this.ends.data[node] = value;
  }

  /** Tells the number of each beginning that this text has. */
  each(text: string, tell: (value: number) => void): void {
    const ends = this.ends.data;
    if (ends[0] !== 0) tell(ends[0]!);
    for (let at = 0, node = 0; at < text.length; at += 1) {
      node = this.edges.get(node, text.charCodeAt(at));
      if (node === 0) return;
      if (ends[node] !== 0) tell(ends[node]!);
    }
  }
}
