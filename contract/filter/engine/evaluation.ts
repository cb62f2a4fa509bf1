import type { Asked } from './asked.js';
import type { Dimension } from './dimension.js';
import { ALL, HIGH, HOLDS, INCLUSIVE, joined, KIND, LIMIT, LIMIT_SHIFT, NOT, SHIFT, TEST, widthOf } from './program.js';
import type { TestTable } from './test-table.js';
import type { ValueTable } from './value-table.js';

/** Answers programs about the event that is being asked about. */
export class Evaluation {
  constructor(
    private readonly values: ValueTable,
    private readonly tests: TestTable,
    private readonly dimensions: readonly Dimension[],
    private readonly asked: Asked,
  ) {}

  /** Whether every literal of this stretch of code holds. */
  matches(code: Int32Array, from: number, to: number): boolean {
    // What holds by hash is asked again if a text differs: then it is known not to be held.
    while (this.all(code, from, to)) if (this.values.confirm(code, from, to)) return true;
    return false;
  }

  private all(code: Int32Array, from: number, to: number): boolean {
    for (let at = from; at < to; at += widthOf(code[at]!)) if (!this.literal(code, at)) return false;
    return true;
  }

  private any(code: Int32Array, from: number, to: number): boolean {
    for (let at = from; at < to; at += widthOf(code[at]!)) if (this.literal(code, at)) return true;
    return false;
  }

  private literal(code: Int32Array, at: number): boolean {
    const word = code[at]!;
    const wanted = (word & NOT) === 0;
    const number = word >>> SHIFT;
    switch (word & KIND) {
      case HOLDS:
        return wanted ? this.values.maybeHeld(number) : !this.values.isHeld(number);
      case LIMIT:
        return this.limit(number, joined(code[at + 1]!, code[at + 2]!)) === wanted;
      case TEST:
        return this.tests.is(wanted, number, this.asked);
      case ALL:
        return this.all(code, at + 1, at + 1 + number);
      default:
        return this.any(code, at + 1, at + 1 + number);
    }
  }

  private limit(number: number, limit: number): boolean {
    const dimension = this.dimensions[number >>> LIMIT_SHIFT]!;
    return dimension.allows(limit, (number & HIGH) !== 0, (number & INCLUSIVE) !== 0, this.asked);
  }
}
