import type { Rule } from './plan.js';

/** One match within a rule's window. */
export interface Hit {
  readonly at: Date;
  readonly figure: number | null;
}

/** So many matches of a window are looked at, the newest; a rate asks for 168,001 at most. */
export const MOST_HITS = 200_000;

/** What a window holds, taken together. */
export interface Figures {
  readonly hits: number;
  /** How many of them have a figure. */
  readonly figures: number;
  readonly sum: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Earlier matches that leave the window together, when the newest of them does. */
export interface Bygone extends Figures {
  readonly at: Date;
}

const NONE: Figures = { hits: 0, figures: 0, sum: 0, lowest: Infinity, highest: -Infinity };
/** Hits that have left are thrown away so many at a time. */
const SWEPT = 1_000;

/**
 * The matches that a moving window holds, by their times, and what they come to: a queue of two stacks, so that each hit is
 * looked at a fixed number of times however long it stays, and sums never collect the errors of subtraction.
 * https://en.wikipedia.org/wiki/Queue_(abstract_data_type) (Okasaki, "Purely Functional Data Structures", 5.2)
 */
export class Window {
  private hits: (Hit | Bygone)[] = [];
  /** The oldest that is still inside. */
  private start = 0;
  /** Where the newer stack begins. */
  private middle = 0;
  /** What the hits from each place before the middle up to it come to, by place. */
  private older: Figures[] = [];
  private newer = NONE;
  private latest = -Infinity;

  /** Takes a match in; one that is read late finds its place by its time. */
  push(hit: Hit | Bygone): void {
    const time = hit.at.getTime();
    let place = this.hits.length;
    if (time < this.latest) while (place > this.start && this.hits[place - 1]!.at.getTime() > time) place--;
    else this.latest = time;
    if (place === this.hits.length) this.hits.push(hit);
    else this.hits.splice(place, 0, hit);
    if (place >= this.middle) this.newer = joined(this.newer, figuresOf(hit));
    else this.turn();
  }

  /** Moves on until it ends with `at` or its newest match, and lets the oldest go where it holds more than its rule can tell apart. */
  moveTo(at: Date, rule: Rule): void {
    this.latest = Math.max(this.latest, at.getTime());
    const since = this.since(rule);
    const most = mostOf(rule);
    const over = () => this.size - figuresOf(this.hits[this.start]!).hits >= most;
    while (this.start < this.hits.length && (this.hits[this.start]!.at.getTime() <= since || over())) {
      if (this.start >= this.middle) this.turn();
      this.start++;
    }
    if (this.start >= SWEPT && this.start > this.hits.length / 2) this.sweep();
  }

  /** Matches of this moment and before are outside. */
  since({ windowMinutes }: Rule): number {
    return this.latest - windowMinutes * 60_000;
  }

  /** Where it ends. */
  get end(): Date {
    return new Date(Math.max(this.latest, 0));
  }

  get size(): number {
    return this.total.hits;
  }

  get total(): Figures {
    return joined(this.older[this.start] ?? NONE, this.newer);
  }

  /** Makes everything the older stack. */
  private turn(): void {
    this.older = new Array<Figures>(this.hits.length);
    let sum = NONE;
    for (let place = this.hits.length - 1; place >= this.start; place--)
      this.older[place] = sum = joined(figuresOf(this.hits[place]!), sum);
    this.middle = this.hits.length;
    this.newer = NONE;
  }

  private sweep(): void {
    this.hits = this.hits.slice(this.start);
    this.older = this.older.slice(this.start);
    this.middle = Math.max(0, this.middle - this.start);
    this.start = 0;
  }
}

/** So many matches tell whether a rule's condition holds. */
export function mostOf(rule: Rule): number {
  if (rule.kind === 'count') return rule.moreThan + 1;
  if (rule.kind === 'rate') return Math.floor((rule.morePerHour * rule.windowMinutes) / 60) + 1;
  return MOST_HITS;
}

function figuresOf(hit: Hit | Bygone): Figures {
  if ('hits' in hit) return hit;
  const { figure } = hit;
  if (figure === null) return { ...NONE, hits: 1 };
  return { hits: 1, figures: 1, sum: figure, lowest: figure, highest: figure };
}

function joined(a: Figures, b: Figures): Figures {
  return {
    hits: a.hits + b.hits,
    figures: a.figures + b.figures,
    sum: a.sum + b.sum,
    lowest: Math.min(a.lowest, b.lowest),
    highest: Math.max(a.highest, b.highest),
  };
}
