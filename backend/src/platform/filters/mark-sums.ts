/** Rows of one target whose keys end alike: how many there are, and the marks of all of them, by exclusive or. */
export interface MarkSum {
  readonly target: string;
  readonly end: string;
  readonly rows: number;
  readonly marks: bigint;
}

/** A sum as JSON holds it. */
export type StoredSum = readonly [end: string, rows: number, marks: string];

/** So many characters of a key say to which sum it belongs: 4,096 sums of ids that are UUIDs. */
const LENGTH = 3;

/** The end of a key, by which marks are summed up. */
export function endOf(key: string): string {
  return key.slice(-LENGTH);
}

/** Sums up the marks of one target's filters. */
export class MarkSums {
  private readonly sums = new Map<string, { rows: number; marks: bigint }>();

  add(key: string, mark: bigint): void {
    const end = endOf(key);
    const sum = this.sums.get(end);
    if (!sum) this.sums.set(end, { rows: 1, marks: mark });
    else {
      sum.rows += 1;
      sum.marks ^= mark;
    }
  }

  stored(): StoredSum[] {
    return [...this.sums].map(([end, { rows, marks }]) => [end, rows, String(marks)]);
  }
}

/** What has changed between two sets of sums. */
export interface Difference {
  /** Of keys, for which something is not as it was. */
  readonly ends: ReadonlySet<string>;
  /** How many rows there are with these ends now. */
  readonly rows: number;
}

/** @param stored by target */
export function difference(stored: ReadonlyMap<string, readonly StoredSum[]>, now: readonly MarkSum[]): Difference {
  const known = new Map<string, readonly [end: string, rows: number, marks: bigint]>();
  for (const [target, sums] of stored)
    for (const [end, rows, marks] of sums) known.set(`${target} ${end}`, [end, rows, BigInt(marks)]);
  const ends = new Set<string>();
  for (const { target, end, rows, marks } of now) {
    const was = known.get(`${target} ${end}`);
    known.delete(`${target} ${end}`);
    if (was?.[1] !== rows || was[2] !== marks) ends.add(end);
  }
  for (const [end] of known.values()) ends.add(end);
  return { ends, rows: now.reduce((sum, { end, rows }) => sum + (ends.has(end) ? rows : 0), 0) };
}
